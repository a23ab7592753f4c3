"""The edge that speaks HTTP: the JSON API and the pages."""
