"""What is computed from media files to be seen and heard: tiles, peaks, pictures, cuts."""

from tagstore.services.pictures.sounds import CutQuery, Hearing, hear
from tagstore.services.pictures.stills import Picture, PictureQuery, draw, thumbnail
from tagstore.services.pictures.tiles import Tile, find_tile
from tagstore.services.pictures.waves import Wave, find_peaks

__all__ = [
    "CutQuery",
    "Hearing",
    "Picture",
    "PictureQuery",
    "Tile",
    "Wave",
    "draw",
    "find_peaks",
    "find_tile",
    "hear",
    "thumbnail",
]
