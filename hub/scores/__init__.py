"""Scores: what the answers of stores add up to, out of their daily tallies."""
