"""What tags mark, cut out of their recordings: clips of sound, and pictures of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Extract:
    """One kind of file that is made of each tag."""

    key: str
    """What it is called in commands and addresses."""
    name: str
    """What people call it."""
    suffix: str


EXTRACTS = {
    each.key: each
    for each in (
        Extract("clips-wav", "Audio clips (WAV)", ".wav"),
        Extract("clips-flac", "Audio clips (FLAC)", ".flac"),
        Extract("pictures", "Spectrogram pictures (PNG)", ".png"),
    )
}
