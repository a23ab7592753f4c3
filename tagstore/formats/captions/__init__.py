"""Formats of timed text."""
