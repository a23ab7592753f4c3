"""Vocabularies: groups of classes, and the classes that tags speak with."""

from tagstore.services.vocabularies.classes import (
    HOT_KEYS,
    ClassChanges,
    add_class,
    delete_class,
    edit_class,
    get_class,
    list_classes,
    of_tags,
    open_group,
    require_known,
)
from tagstore.services.vocabularies.groups import (
    DEFAULT_GROUP,
    GroupChanges,
    add_group,
    delete_group,
    edit_group,
    get_group,
    list_groups,
)

__all__ = [
    "DEFAULT_GROUP",
    "HOT_KEYS",
    "ClassChanges",
    "GroupChanges",
    "add_class",
    "add_group",
    "delete_class",
    "delete_group",
    "edit_class",
    "edit_group",
    "get_class",
    "get_group",
    "list_classes",
    "list_groups",
    "of_tags",
    "open_group",
    "require_known",
]
