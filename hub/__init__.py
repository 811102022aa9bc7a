"""Head office: receives, computes, closes the loop."""
