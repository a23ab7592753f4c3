"""A short video: a ball that crosses the picture and beeps whenever it meets a side."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tagstore.media.synthesis.parts import Call, Note, Samples, coloured_noise, mix_in, sound

WIDTH, HEIGHT, FRAME_RATE, SOUND_RATE = 384, 216, 25, 48_000
CROSSING_S = 1.5  # From one side to the other, so a beep falls due each time.
RADIUS = 22
BEEP = Note(0, 0.18, (1320.0, 1290.0), 0.4, (1.0, 0.3, 0.1), attack=0.02, release=0.7)


def video_file(path: Path, seconds: float = 12.0) -> list[Call]:
    """Write a WebM (VP8 and Opus) in which picture and sound meet to the frame.

    Returns
    -------
    calls : list of Call
        One "bounce" for every beep.
    """
    calls = bounces(seconds)
    with av.open(str(path), "w", format="webm") as container:
        picture = container.add_stream("libvpx", rate=FRAME_RATE)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.bit_rate = 400_000
        picture.options = {"deadline": "realtime", "cpu-used": "8"}
        track = container.add_stream("libopus", rate=SOUND_RATE, layout="mono")
        sky = scenery()
        beeps = soundtrack(seconds, calls)
        per_frame = SOUND_RATE // FRAME_RATE
        for number in range(round(seconds * FRAME_RATE)):
            image = av.VideoFrame.from_ndarray(draw(sky, number / FRAME_RATE), format="rgb24")
            image.pts, image.time_base = number, Fraction(1, FRAME_RATE)
            container.mux(picture.encode(image))
            first = number * per_frame
            container.mux(track.encode(audio_frame(beeps[first : first + per_frame], first)))
        container.mux(picture.encode(None))
        container.mux(track.encode(None))
    return calls


def audio_frame(samples: Samples, first: int) -> av.AudioFrame:
    """Wrap samples with their place in time."""
    frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, first, Fraction(1, SOUND_RATE)
    return frame


def bounces(seconds: float) -> list[Call]:
    """Return when the ball meets a side."""
    times = np.arange(CROSSING_S, seconds - BEEP.seconds, CROSSING_S)
    return [
        Call("bounce", float(at_s), float(at_s) + BEEP.seconds, BEEP.low_hz, BEEP.high_hz)
        for at_s in times
    ]


def soundtrack(seconds: float, calls: list[Call]) -> Samples:
    """Return the beeps over a little noise."""
    rng = np.random.default_rng(3)
    count = round(seconds * FRAME_RATE) * (SOUND_RATE // FRAME_RATE)
    samples = coloured_noise(count, SOUND_RATE, rng, [(1.0, -50.0), (24_000.0, -75.0)])
    for call in calls:
        mix_in(samples, sound(BEEP, SOUND_RATE, rng), round(call.start_s * SOUND_RATE))
    return samples


def scenery() -> NDArray[np.uint8]:
    """Return the evening sky behind the ball."""
    down = np.linspace(0, 1, HEIGHT)[:, np.newaxis, np.newaxis]
    top, bottom = np.array([24, 30, 58]), np.array([196, 110, 84])
    sky = top * (1 - down) + bottom * down
    return np.broadcast_to(sky, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def draw(sky: NDArray[np.uint8], at_s: float) -> NDArray[np.uint8]:
    """Return the picture at a moment: the ball, bright for an instant when it bounces."""
    crossings = at_s / CROSSING_S
    share = crossings % 1 if int(crossings) % 2 == 0 else 1 - crossings % 1
    centre_x = RADIUS + share * (WIDTH - 2 * RADIUS)
    centre_y = HEIGHT - 2 * RADIUS - 95 * abs(np.sin(np.pi * crossings * 1.5))
    left, top = int(centre_x) - RADIUS - 1, int(centre_y) - RADIUS - 1
    near = np.s_[max(top, 0) : top + 2 * RADIUS + 4, max(left, 0) : left + 2 * RADIUS + 4]
    y, x = np.ogrid[near]
    away = np.hypot(x - centre_x, y - centre_y)
    cover = np.clip(RADIUS - away, 0, 1)[:, :, np.newaxis]
    lit = at_s >= CROSSING_S and at_s % CROSSING_S < 0.12
    colour = np.array([255, 255, 240] if lit else [64, 196, 182])
    shade = 1 - 0.5 * np.clip(away / RADIUS, 0, 1)[:, :, np.newaxis]
    picture = sky.copy()
    picture[near] = sky[near] * (1 - cover) + colour * shade * cover
    return picture
