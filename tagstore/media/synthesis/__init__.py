"""Demo media, made by arithmetic, each with its exact tags."""

from tagstore.media.synthesis.bats import ultrasonic_sweeps
from tagstore.media.synthesis.chorus import dawn_chorus
from tagstore.media.synthesis.parts import Call
from tagstore.media.synthesis.picture import Spot, image_file
from tagstore.media.synthesis.speech import Word, spoken_like
from tagstore.media.synthesis.video import video_file

__all__ = [
    "Call",
    "Spot",
    "Word",
    "dawn_chorus",
    "image_file",
    "spoken_like",
    "ultrasonic_sweeps",
    "video_file",
]
