"""Formats with layers on a time line."""
