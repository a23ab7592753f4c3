"""Formats that are one JSON or XML document."""
