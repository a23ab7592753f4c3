"""How a track looks when nobody has said so: a function of its name, so the same everywhere."""

import colorsys
import hashlib

LUMINANCE = 0.2
"""Contrasts with white and with near black alike, better than 3 to 1 (WCAG 1.4.11)."""
SATURATION = 0.65


def label_of(name: str) -> str:
    """Return a name as people write it: `shot_detection` is Shot Detection."""
    return name.replace("_", " ").replace("-", " ").title().strip() or name


def colour_of(name: str) -> str:
    """Return a colour that can be told from a light and from a dark ground."""
    digest = hashlib.sha256(name.encode()).digest()
    hue = int.from_bytes(digest[:2], "big") / 2**16
    low, high = 0.0, 1.0
    for _ in range(16):
        lightness = (low + high) / 2
        is_darker = luminance(colorsys.hls_to_rgb(hue, lightness, SATURATION)) < LUMINANCE
        low, high = (lightness, high) if is_darker else (low, lightness)
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, low, SATURATION))
    return f"#{red:02x}{green:02x}{blue:02x}"


def luminance(colour: tuple[float, float, float]) -> float:
    """Return how bright a colour is to the eye (WCAG 2, relative luminance)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
