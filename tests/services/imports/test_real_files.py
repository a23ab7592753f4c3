"""Files of other programs, brought in and written again in their own format, lose nothing.

docs/reference/formats.md has the table of what is proved here.
"""

import io
from pathlib import Path

import pytest
from sqlalchemy import select

from tagstore.db import apart, db
from tagstore.formats.format import HEAD_BYTES
from tagstore.formats.registry import detected
from tagstore.formats.rows import About, Row, Skipped
from tagstore.models import MediaFile, Project
from tagstore.services import exports
from tagstore.services.exports import Selection
from tagstore.services.imports import Sent
from tagstore.values import SYSTEM
from tests.formats.samples import ANNOTATIONS

FILES = sorted(ANNOTATIONS.glob("*"))
PAGE = Path("docs/reference/formats.md")
SAID = ("label", "text", "low_hz", "high_hz", "channel", "track", "score", "info")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_file_is_stored_and_written_again(importing, work, make, path):
    format = detected(path.read_bytes()[:HEAD_BYTES])
    items = list(format.read(io.BytesIO(path.read_bytes()), About()))
    rows = [item for item in items if isinstance(item, Row)]
    skipped = sum(isinstance(item, Skipped) for item in items)
    with work():
        project = db.session.get_one(MediaFile, 1).project
        name = f"{path.name.split('.')[0]}.wav"
        length_s = max(row.end_s for row in rows) + 1.0
        number = make.media_file(project, name=name, duration_s=length_s, channels=2).id

    _, found = importing.store([Sent(path.name, path)], new_classes="create")
    written = export(importing, format.key, number)
    again = list(format.read(io.BytesIO(written), About()))

    assert (found.added, found.skipped.total(), found.faults) == (len(rows), skipped, [])
    back = [item for item in again if isinstance(item, Row)]
    for row, other in zip(sorted(rows, key=place), sorted(back, key=place), strict=True):
        limit_s = max(format.resolution_s, 1e-6)
        assert other.start_s == pytest.approx(row.start_s, abs=limit_s)
        assert other.end_s == pytest.approx(row.end_s, abs=limit_s)
        assert shown(other) == shown(row)
    line = f"| `{path.name}` | {format.name} | {len(rows)} | {skipped} | 0 |\n"
    assert line in PAGE.read_text()


def export(importing, key, media_file_id):
    with importing.app.app_context():
        with apart(writing=False):
            project = db.session.scalars(select(Project)).one()
            selection = Selection(media=str(media_file_id))
            made = exports.prepare(SYSTEM, project, key, selection)
        return b"".join(made.pieces)


def place(row):
    """Return what sorts rows alike whose tracks came in another order."""
    return row.start_s, row.end_s, row.low_hz or 0.0, row.track or "", row.label or row.text or ""


def shown(row):
    return {name: getattr(row, name) for name in SAID}
