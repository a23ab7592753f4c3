"""A painted pond at dawn, with birds on it to put rectangles around."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, SHORE = 1280, 854, 500
# Birds: what they are, the left edge, the water line and the length of each in pixels.
BIRDS = [
    ("Ink duck", 210, 640, 150),
    ("Ink duck", 430, 585, 96),
    ("Ink duck", 560, 610, 104),
    ("Long-legged wader", 905, 690, 170),
    ("Ink duck", 760, 545, 58),
]


class Spot(NamedTuple):
    """A rectangle in a picture, in fractions of its width and height."""

    label: str
    x: float
    y: float
    width: float
    height: float


def image_file(path: Path, seed: int = 2) -> list[Spot]:
    """Paint the pond into a file; the name's suffix says which format (.png, .jpg).

    Returns
    -------
    spots : list of Spot
        One for every bird.
    """
    rng = np.random.default_rng(seed)
    image = Image.fromarray(landscape(rng))
    pen = ImageDraw.Draw(image)
    spots = []
    for label, left, waterline, length in BIRDS:
        paint = wader if "wader" in label else duck
        x, y, width, height = paint(pen, left, waterline, length)
        spots.append(Spot(label, x / WIDTH, y / HEIGHT, width / WIDTH, height / HEIGHT))
    reeds(pen, rng)
    image.filter(ImageFilter.GaussianBlur(0.7)).save(path, quality=90)
    return spots


def landscape(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return sky, hills behind hills, and the water that mirrors them."""
    down = np.linspace(0, 1, SHORE)[:, np.newaxis, np.newaxis]
    stops = np.array([[70, 92, 140], [160, 160, 184], [244, 190, 150], [252, 220, 176]])
    at = down[:, :, 0] * (len(stops) - 1)
    sky = np.stack([np.interp(at, range(len(stops)), stops[:, c]) for c in range(3)], axis=-1)
    above = np.broadcast_to(sky, (SHORE, WIDTH, 3)).copy()
    y = np.arange(SHORE)[:, np.newaxis]
    for number in range(4):
        ridge = SHORE - 150 + 42 * number + 30 * hills(rng, 3 + 2 * number)
        tint = np.array([128, 128, 150]) * (1 - 0.24 * number) + np.array([10, 22, 6]) * number
        above[y > ridge] = tint
    mirror = above[::-1][: HEIGHT - SHORE] * 0.72
    ripples = rng.normal(0, 1, (HEIGHT - SHORE, WIDTH // 32)).repeat(32, axis=1)
    mirror += 4 * ripples[:, :WIDTH, np.newaxis]
    return np.asarray(np.clip(np.concatenate([above, mirror]), 0, 255), np.uint8)


def hills(rng: np.random.Generator, waves: int) -> NDArray[np.float64]:
    """Return a ridge line of unit height."""
    x = np.linspace(0, 2 * np.pi, WIDTH)
    line = np.zeros(WIDTH)
    for number in range(1, waves + 6):
        line += np.sin(number * x * 0.8 + rng.uniform(0, 6.3)) / number
    return line


def duck(
    pen: ImageDraw.ImageDraw, left: int, waterline: int, length: int
) -> tuple[float, float, float, float]:
    """Draw a duck that looks right; return its left, top, width and height."""
    ink, body = (22, 24, 34), length * 0.8
    top = waterline - length * 0.3
    pen.ellipse((left, top, left + body, waterline + length * 0.06), fill=ink)
    pen.polygon(
        [(left + length * 0.05, top + length * 0.12), (left - length * 0.08, top - length * 0.05),
         (left + length * 0.25, top + length * 0.06)], fill=ink,
    )  # fmt: skip
    head = (left + body * 0.76, top - length * 0.24, left + body * 1.06, top + length * 0.04)
    pen.ellipse(head, fill=ink)
    neck = (left + body * 0.8, top - length * 0.1, left + body, waterline - length * 0.12)
    pen.rectangle(neck, fill=ink)
    bill, root, tip = top - length * 0.1, left + body * 1.03, left + body * 1.2
    pen.polygon([(root, bill - 4), (tip, bill + 4), (root, bill + 8)], fill=(222, 140, 52))
    pen.line((left, waterline + length * 0.08, tip, waterline + length * 0.08), (214, 190, 170), 2)
    tail = left - length * 0.08
    return tail, head[1], tip - tail, waterline + length * 0.1 - head[1]


def wader(
    pen: ImageDraw.ImageDraw, left: int, waterline: int, length: int
) -> tuple[float, float, float, float]:
    """Draw a long-legged bird that looks left; return its left, top, width and height."""
    ink, top = (34, 34, 44), waterline - length * 0.95
    pen.ellipse((left + length * 0.3, top, left + length, top + length * 0.34), fill=ink)
    for foot in (0.55, 0.7):
        x = left + length * foot
        pen.line((x, top + length * 0.3, x, waterline), ink, 5)
    neck = [(left + length * 0.42, top + length * 0.14), (left + length * 0.3, top - length * 0.2)]
    pen.line(neck, ink, 14)
    head = (left + length * 0.22, top - length * 0.3, left + length * 0.4, top - length * 0.13)
    pen.ellipse(head, fill=ink)
    pen.line((head[0] + 6, top - length * 0.22, left - length * 0.05, top - length * 0.14), ink, 6)
    return left - length * 0.05, head[1], length * 1.05, waterline + 4 - head[1]


def reeds(pen: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Draw reeds along the bottom, in front of everything."""
    for _ in range(140):
        x, height = rng.uniform(0, WIDTH), rng.uniform(60, 190)
        lean = rng.normal(0, 14)
        shade = int(rng.uniform(12, 44))
        stem = (x, HEIGHT, x + lean, HEIGHT - height)
        pen.line(stem, (shade, shade + 10, shade), int(rng.integers(2, 5)))
