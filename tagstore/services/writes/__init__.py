"""Writing tags to folders for other programs: who may, where to, and what."""

from tagstore.services.writes.tokens import (
    add_write_token,
    list_write_tokens,
    revoke_write_token,
)
from tagstore.services.writes.writing import write_tags

__all__ = [
    "add_write_token",
    "list_write_tokens",
    "revoke_write_token",
    "write_tags",
]
