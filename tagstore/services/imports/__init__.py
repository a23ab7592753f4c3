"""Tags in as files of any format that can be read: looked at, stored as a whole, taken back."""

from tagstore.services.imports.choices import ITSELF, READABLE, Choices, ForClass
from tagstore.services.imports.documents import Sent
from tagstore.services.imports.findings import Findings, Found
from tagstore.services.imports.holding import forget_old
from tagstore.services.imports.keeping import (
    MOST_FILES,
    Edited,
    choose,
    commit,
    discard,
    edited_since,
    get_import,
    may_decide,
    page_of_imports,
    receive,
    register,
    undo,
    withdraw,
)
from tagstore.services.imports.recordings import number_of, paths_of
from tagstore.services.imports.standings import (
    PHASES,
    Standing,
    recordings_of,
    standing,
    standings,
)
from tagstore.services.imports.storing import look, store

__all__ = [
    "ITSELF",
    "MOST_FILES",
    "PHASES",
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
    "may_decide",
    "number_of",
    "page_of_imports",
    "paths_of",
    "receive",
    "recordings_of",
    "register",
    "standing",
    "standings",
    "store",
    "undo",
    "withdraw",
]
