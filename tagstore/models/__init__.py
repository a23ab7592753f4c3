"""The tables. Importing this package declares all of them."""

from tagstore.models.events import Event
from tagstore.models.jobs import Job
from tagstore.models.media_files import MediaFile
from tagstore.models.projects import Membership, Project, WriteToken
from tagstore.models.resource_tags import ResourceTag
from tagstore.models.tag_sets import Batch, BatchSource, Import, TagSet, Track, TrackAuthor
from tagstore.models.tags import Review, Tag, TagCount, TagWord
from tagstore.models.uploads import Upload
from tagstore.models.users import (
    AccessKey,
    ApiToken,
    FailedAttempt,
    IdempotencyKey,
    Session,
    SignInLink,
    User,
    ViewSetting,
    Wallet,
)
from tagstore.models.vocabularies import TagClass, TagClassAlias, TagGroup

__all__ = [
    "AccessKey",
    "ApiToken",
    "Batch",
    "BatchSource",
    "Event",
    "FailedAttempt",
    "IdempotencyKey",
    "Import",
    "Job",
    "MediaFile",
    "Membership",
    "Project",
    "ResourceTag",
    "Review",
    "Session",
    "SignInLink",
    "Tag",
    "TagClass",
    "TagClassAlias",
    "TagCount",
    "TagGroup",
    "TagSet",
    "TagWord",
    "Track",
    "TrackAuthor",
    "Upload",
    "User",
    "ViewSetting",
    "Wallet",
    "WriteToken",
]
