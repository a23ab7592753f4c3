"""The client of a Tagstore server: tags on sound, video and images, from Python."""

from tagstore_client.errors import (
    Busy,
    Conflict,
    Fault,
    Forbidden,
    Gone,
    Invalid,
    NoAnswer,
    NotFound,
    NotSignedIn,
    Stale,
    TagstoreError,
    TooLarge,
)
from tagstore_client.lots import LotFailed, Stored
from tagstore_client.store import Tagstore
from tagstore_client.things import Format, Me, MediaFile, Project, Tag, TagClass, TagSet
from tagstore_client.version import __version__

__all__ = [
    "Busy",
    "Conflict",
    "Fault",
    "Forbidden",
    "Format",
    "Gone",
    "Invalid",
    "LotFailed",
    "Me",
    "MediaFile",
    "NoAnswer",
    "NotFound",
    "NotSignedIn",
    "Project",
    "Stale",
    "Stored",
    "Tag",
    "TagClass",
    "TagSet",
    "Tagstore",
    "TagstoreError",
    "TooLarge",
    "__version__",
]
