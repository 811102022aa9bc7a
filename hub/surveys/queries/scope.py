"""For whom something is: a store or, with store None, the whole chain."""

from typing import Any

from sqlalchemy import Column, ColumnElement, or_


def reaches(whom: Column[Any], store: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that what is for a store, or for the whole chain, is for this store."""
    return or_(whom.is_(None), whom == store)


def is_for(whom: Column[Any], store: str | None) -> ColumnElement[bool]:
    """Return the condition that something is for this store itself, or for the chain itself."""
    return whom.is_(None) if store is None else whom == store


def whom_text(store: str | None) -> str:
    """Return for whom something is, as the audit trail says it."""
    return store or "whole chain"
