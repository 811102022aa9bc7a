"""Stores: where answers are given, and when their day ends."""
