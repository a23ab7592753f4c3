"""Finding tags: in a window of one media file, and across a project."""

from tagstore.services.search.filters import says
from tagstore.services.search.finding import (
    BY_START,
    TAG_SORTS,
    find_in_media_file,
    find_in_project,
    following_in_project,
    ids_in_project,
)
from tagstore.services.search.seeing import SeenTag

__all__ = [
    "BY_START",
    "TAG_SORTS",
    "SeenTag",
    "find_in_media_file",
    "find_in_project",
    "following_in_project",
    "ids_in_project",
    "says",
]
