"""Follow-up: every unhappy customer who left contact details is answered in time."""
