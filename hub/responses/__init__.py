"""The responses that every feature reads, and their daily tallies."""
