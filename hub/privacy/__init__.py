"""What customers were promised about their details: deleted in time, and at once where one asks for it."""
