"""Tagstore: tags on sound, video and images."""
