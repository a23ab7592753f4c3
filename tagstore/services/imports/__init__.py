"""Tags in as files of any format that can be read: looked at, stored as a whole, taken back."""

from tagstore.services.imports.choices import ITSELF, READABLE, Choices, ForClass
from tagstore.services.imports.documents import Sent
from tagstore.services.imports.findings import Findings, Found
from tagstore.services.imports.holding import forget_old
from tagstore.services.imports.keeping import (
    Edited,
    Standing,
    choose,
    commit,
    discard,
    edited_since,
    get_import,
    page_of_imports,
    project_of,
    receive,
    register,
    standing,
    undo,
)
from tagstore.services.imports.storing import look, store

__all__ = [
    "ITSELF",
    "READABLE",
    "Choices",
    "Edited",
    "Findings",
    "ForClass",
    "Found",
    "Sent",
    "Standing",
    "choose",
    "commit",
    "discard",
    "edited_since",
    "forget_old",
    "get_import",
    "look",
    "page_of_imports",
    "project_of",
    "receive",
    "register",
    "standing",
    "store",
    "undo",
]
