"""Lists: of everything that one may see by numbered page, of a project by place."""

from tagstore.services.listings.catalogues import (
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

__all__ = [
    "Listed",
    "list_classes",
    "list_media_files",
    "list_projects",
    "list_tag_sets",
    "list_tags",
    "page_of_classes",
    "page_of_groups",
    "page_of_members",
    "page_of_projects",
    "page_of_tag_sets",
    "page_of_tracks",
    "unused_classes",
]
