"""Lists: of everything that one may see by numbered page, of a project by place."""

from tagstore.services.listings.catalogues import (
    page_of_batches,
    page_of_classes,
    page_of_groups,
    page_of_members,
    page_of_projects,
    page_of_tag_sets,
    page_of_tracks,
)
from tagstore.services.listings.numbered import (
    Listed,
    list_classes,
    list_media_files,
    list_projects,
    list_tag_sets,
    list_tags,
    unused_classes,
)
from tagstore.services.listings.records import (
    page_of_events,
    page_of_jobs,
    page_of_tokens,
    page_of_users,
)

__all__ = [
    "Listed",
    "list_classes",
    "list_media_files",
    "list_projects",
    "list_tag_sets",
    "list_tags",
    "page_of_batches",
    "page_of_classes",
    "page_of_events",
    "page_of_groups",
    "page_of_jobs",
    "page_of_members",
    "page_of_projects",
    "page_of_tag_sets",
    "page_of_tokens",
    "page_of_tracks",
    "page_of_users",
    "unused_classes",
]
