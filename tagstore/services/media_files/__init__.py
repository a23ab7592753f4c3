"""Media files: brought in, found, changed, and where their bytes are."""

from tagstore.services.media_files.edits import (
    MediaChanges,
    delete_media_file,
    edit_media_file,
    restore_media_file,
)
from tagstore.services.media_files.finding import (
    SeenMediaFile,
    get_media_file,
    list_media_files,
    neighbours,
    of_tags,
    see_media_file,
)
from tagstore.services.media_files.intake import (
    Prepared,
    add_media_file,
    prepare_path,
    prepare_upload,
    receive,
)
from tagstore.services.media_files.places import Source, locate, locate_apart, source_of

__all__ = [
    "MediaChanges",
    "Prepared",
    "SeenMediaFile",
    "Source",
    "add_media_file",
    "delete_media_file",
    "edit_media_file",
    "get_media_file",
    "list_media_files",
    "locate",
    "locate_apart",
    "neighbours",
    "of_tags",
    "prepare_path",
    "prepare_upload",
    "receive",
    "restore_media_file",
    "see_media_file",
    "source_of",
]
