"""Where tags are written to: folders below the data directory's `exports`."""

import re
from pathlib import Path

from tagstore.errors import Conflict, Forbidden, Invalid

PART = re.compile(r"(?!.*\.json$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.IGNORECASE)
"""A name; none that a file of ours could have."""
MOST_PARTS = 8
QID = "{qid}"
"""In a destination it stands for the content's id, so that each content has a folder."""


def checked_destination(text: str) -> str:
    """Return a destination in its one form, or raise when nothing can be written there."""
    text = text.strip()
    if text.lower().startswith("s3://"):
        raise Invalid(
            "S3 is not available on this server.",
            destination="must be a folder below exports: S3 is not available on this server",
        )
    parts = text.removesuffix("/").split("/")
    if len(parts) > MOST_PARTS or not all(part == QID or PART.fullmatch(part) for part in parts):
        raise Invalid(
            "That destination will not do.",
            destination="must be up to 8 names parted by /, each of letters, digits, _ - and "
            f". or just {QID}",
        )
    return "/".join(parts)


def make_folder(exports: Path, destination: str, qid: str) -> Path:
    """Return the folder of a content at a destination, made if need be, never by a detour."""
    straight = exports.resolve() / destination.replace(QID, qid)
    if straight.resolve() != straight:
        raise Forbidden("That destination leads out of the folder of exports.")
    try:
        straight.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Conflict("There is a file where that destination's folder would be.") from error
    return straight
