"""Ingest: a batch in, a receipt out, in one transaction."""
