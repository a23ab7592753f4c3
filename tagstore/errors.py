"""What can go wrong, in plain words: no HTTP, no wire format."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field of one item of a list; without field, with all of it."""

    index: int
    field: str
    code: str
    message: str
    value: object = dataclass_field(default=None, compare=False)


class TagstoreError(Exception):
    """A fault that people can be told about. `details` maps a field to a reason."""

    def __init__(self, message: str, **details: str) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Malformed(TagstoreError):
    """The bytes are not what they claim to be: bad JSON, bad Unicode, a broken form."""


class MalformedItems(Malformed):
    """Some items of a list cannot be read at all; every one is named."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{_items(len(faults))} cannot be read. Nothing was stored.")
        self.faults = list(faults)


class Invalid(TagstoreError):
    """The request is well formed but makes no sense."""


class InvalidItems(Invalid):
    """Some of `count` items make no sense; every fault is named and nothing was stored."""

    def __init__(self, faults: Sequence[Fault], count: int) -> None:
        bad = len({fault.index for fault in faults})
        super().__init__(f"{_items(bad)} cannot be stored.")
        self.faults = list(faults)
        self.count = count


class Unauthenticated(TagstoreError):
    """Nobody we know is asking."""


class Forbidden(TagstoreError):
    """Yours to see but not to change."""


class NotFound(TagstoreError):
    """There is no such thing, or it is not yours to see."""


class Gone(TagstoreError):
    """It was there, and is no longer kept."""


class Conflict(TagstoreError):
    """The thing is not in a state that allows this, or the name is taken."""


class ConflictItems(Conflict):
    """Some items are not free to be stored; every one is named and nothing was stored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("That contradicts what is stored. Nothing was changed.")
        self.faults = list(faults)


class Stale(TagstoreError):
    """Somebody changed the thing since it was read; `current` is how it is now."""

    def __init__(self, message: str, current: object = None) -> None:
        super().__init__(message)
        self.current = current


class TooLarge(TagstoreError):
    """More than a limit allows; the message names the limit."""


class TooMany(TagstoreError):
    """Too many attempts; `retry_after_s` says when to come back."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Busy(TagstoreError):
    """The store cannot answer now; nothing was changed and a retry will do."""


class Locked(TagstoreError):
    """Somebody is doing the same at this moment; nothing was changed."""


class Spoilt(TagstoreError):
    """What arrived is not what was sent; nothing of it was kept."""


class Full(TagstoreError):
    """There is no room for that; the message says what was kept."""


class Unreadable(TagstoreError):
    """The media file cannot be decoded; the message is the reason."""


def _items(count: int) -> str:
    return f"{count} {'item' if count == 1 else 'items'}"
