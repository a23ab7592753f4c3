"""Stretches of sound as files of their own, each sample as it is in the recording."""
