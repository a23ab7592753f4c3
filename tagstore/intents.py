"""What a transaction is for, said before it begins; every engine begins it accordingly."""

from contextvars import ContextVar
from enum import StrEnum


class Intent(StrEnum):
    """What a transaction is for, said before it begins."""

    READ = "read"
    """It sees one moment and cannot write."""
    WRITE = "write"
    """It may change what it finds; how it keeps others away is the engine's."""


intent: ContextVar[Intent] = ContextVar("intent", default=Intent.READ)
