"""Files that come in piece by piece, over lines that break, until they are media files."""

from tagstore.services.uploads.expiring import forget_expired
from tagstore.services.uploads.receiving import (
    Part,
    append,
    begin,
    begin_with,
    remove_upload,
    settle,
)
from tagstore.services.uploads.standing import (
    Draft,
    Standing,
    finished,
    page_of_uploads,
    standing_apart,
)

__all__ = [
    "Draft",
    "Part",
    "Standing",
    "append",
    "begin",
    "begin_with",
    "finished",
    "forget_expired",
    "page_of_uploads",
    "remove_upload",
    "settle",
    "standing_apart",
]
