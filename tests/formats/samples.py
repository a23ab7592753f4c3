"""Tags to write and read back, drawn by chance, and files to read, made of text."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tagstore.formats.rows import About, Row
from tagstore.values import TAG_STATUSES

ANNOTATIONS = Path(__file__).parents[2] / "../shared/data/annotations"

WORDS = st.text(
    st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" ,;\"'=+-@<&"), min_size=1
).filter(lambda text: text == text.strip())
TIMES = st.floats(0, 86_400).map(lambda seconds: round(seconds, 6))
HERTZ = st.floats(0, 192_000).map(lambda hertz: round(hertz, 3))
SCORES = st.floats(0, 1).map(lambda score: round(score, 4))


def maybe(strategy):
    return st.none() | strategy


def pairs(values):
    return st.tuples(values, values).map(sorted)


@st.composite
def tags(draw, **fields):
    """Draw a tag with both times; each further field is drawn from its strategy."""
    start_s, end_s = draw(pairs(TIMES))
    low_hz, high_hz = draw(st.just((None, None)) | pairs(HERTZ))
    said = {"low_hz": low_hz, "high_hz": high_hz}
    said |= {field: draw(strategy) for field, strategy in fields.items()}
    return Row(start_s=start_s, end_s=end_s, **said)


FULL = {
    "media": maybe(WORDS),
    "channel": maybe(st.integers(1, 32)),
    "label": maybe(WORDS),
    "comment": maybe(WORDS),
    "track": maybe(WORDS),
    "score": maybe(SCORES),
    "status": maybe(st.sampled_from(TAG_STATUSES)),
    "source": st.just("") | WORDS,
    "external_id": maybe(WORDS),
}


def in_milliseconds(row, least=0):
    """Return a tag whose times are whole milliseconds, and which lasts so many at least."""
    start, end = (int((Decimal(repr(at)) * 1000).to_integral()) for at in (row.start_s, row.end_s))
    return replace(row, start_s=start / 1000, end_s=max(end, start + least) / 1000)


def read(format, content, about=None):
    """Return all that a format finds in bytes or text, or in a file of ../shared/data."""
    if isinstance(content, Path):
        content = shared(content).read_bytes()
    if isinstance(content, str):
        content = content.encode()
    return list(format.read(io.BytesIO(content), about or About()))


def write(format, rows, about=None):
    return b"".join(format.write(iter(rows), about or About()))


def shared(name):
    """Return the path of a real file, or skip the test where there are none."""
    path = ANNOTATIONS / name
    if not path.exists():
        pytest.skip("no ../shared/data here")
    return path
