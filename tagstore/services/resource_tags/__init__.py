"""Keys with values on media files."""

from tagstore.services.resource_tags.finding import (
    Filters,
    KeyFilter,
    count_tagged,
    find_media_file,
    find_tagged,
    values_by_key,
)
from tagstore.services.resource_tags.keeping import (
    NoSuchKey,
    TooManyTags,
    list_tags,
    put_tags,
    remove_tag,
    remove_tags,
)

__all__ = [
    "Filters",
    "KeyFilter",
    "NoSuchKey",
    "TooManyTags",
    "count_tagged",
    "find_media_file",
    "find_tagged",
    "list_tags",
    "put_tags",
    "remove_tag",
    "remove_tags",
    "values_by_key",
]
