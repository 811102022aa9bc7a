"""Decisions about silence: the hours, what is usual in them, when a silence is none of chance, the post."""
