"""Where tags are written to: folders below the data directory's `exports`, or places in S3."""

import re
from pathlib import Path

from tagstore.errors import Conflict, Forbidden, Invalid
from tagstore.services.depot import depot

PART = re.compile(r"(?!.*\.json$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.IGNORECASE)
"""A name; none that a file of ours could have."""
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
MOST_PARTS = 8
QID = "{qid}"
"""In a destination it stands for the content's id, so that each content has a folder."""
PARTS = f"up to {MOST_PARTS} names parted by /, each of letters, digits, _ - and . or just {QID}"


def checked_destination(text: str) -> str:
    """Return a destination in its one form, or raise when nothing can be written there."""
    text = text.strip().removesuffix("/")
    if is_in_s3(text.lower()):
        return _checked_in_s3(text)
    if not _are_parts(text.split("/")):
        raise Invalid("That destination will not do.", destination=f"must be {PARTS}")
    return text


def is_in_s3(destination: str) -> bool:
    """Tell whether a destination is in S3 rather than a folder."""
    return destination.startswith("s3://")


def _checked_in_s3(text: str) -> str:
    settings = depot().settings
    if not settings.storage_url and not settings.s3_endpoint:
        raise Invalid(
            "S3 is not available on this server.",
            destination="must be a folder below exports: S3 is not available on this server",
        )
    bucket, *parts = text.removeprefix("s3://").split("/")
    if not BUCKET.fullmatch(bucket) or (parts and not _are_parts(parts)):
        raise Invalid(
            "That destination will not do.", destination=f"must be s3://, a bucket and {PARTS}"
        )
    own, prefix = settings.bucket or ("", "")
    if bucket == own and f"{'/'.join(parts)}/".startswith((f"{prefix}media/", f"{prefix}cache/")):
        raise Invalid(
            "That destination will not do.", destination="is where this server keeps its files"
        )
    return text


def _are_parts(parts: list[str]) -> bool:
    return len(parts) <= MOST_PARTS and all(part == QID or PART.fullmatch(part) for part in parts)


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
