"""Doubts: answers that look wrong, and the word of somebody that one counts after all."""
