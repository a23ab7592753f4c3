"""Files of other programs come back as they were; docs/reference/formats.md lists them."""

import dataclasses
import io

import pytest

from tagstore.formats.format import HEAD_BYTES
from tagstore.formats.registry import detected
from tagstore.formats.rows import About, Fault, Row, Skipped
from tests.formats.samples import ANNOTATIONS, write

FILES = sorted(ANNOTATIONS.glob("*"))
COMPARED = ("label", "text", "low_hz", "high_hz", "channel", "track", "score", "info")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_file_comes_back_as_it_was(path):
    content = path.read_bytes()
    format = detected(content[:HEAD_BYTES])
    if format is None or format.write is None:
        pytest.skip("this is only read, or by nothing yet")

    items = list(format.read(io.BytesIO(content), About()))
    rows = [item for item in items if isinstance(item, Row)]
    written = write(format, rows)
    again = [item for item in format.read(io.BytesIO(written), About()) if isinstance(item, Row)]

    assert [item for item in items if isinstance(item, Fault)] == []
    assert len(rows) + sum(isinstance(item, Skipped) for item in items) == len(items)
    assert rows
    for row, back in zip(sorted(rows, key=place), sorted(again, key=place), strict=True):
        limit_s = max(format.resolution_s, 1e-6)
        assert back.start_s == pytest.approx(row.start_s, abs=limit_s)
        assert back.end_s == pytest.approx(row.end_s, abs=limit_s)
        assert shown(back) == shown(row)


def place(row):
    """Return what sorts rows alike whose tracks came in another order."""
    return row.track or "", row.label or "", row.start_s


def shown(row):
    return {name: value for name, value in dataclasses.asdict(row).items() if name in COMPARED}
