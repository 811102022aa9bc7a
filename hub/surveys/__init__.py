"""Surveys: published versions, and how kiosks fetch them."""
