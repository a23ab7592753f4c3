"""What may go wrong, in one tree: whatever this package raises by itself is a TagstoreError."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

MOST_IN_WORDS = 5
"""How many faults the text of an error tells; `errors` has them all."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with what was sent."""

    detail: str
    code: str = ""
    pointer: str = ""
    """Where in the request it stands (RFC 6901)."""
    row: int | None = None
    """Of which row, counted from 0 in all that was to be stored."""
    column: str | None = None
    """Of which column, as the rows call it."""

    def __str__(self) -> str:
        places = [f"row {self.row}" if self.row is not None else "", self.column or ""]
        place = ", ".join(filter(None, places)) or self.pointer
        return f"{place}: {self.detail}" if place else self.detail


class TagstoreError(Exception):
    """The server said no, or nothing at all; the attributes are those of its problem document."""

    def __init__(
        self,
        detail: str,
        *,
        title: str = "",
        status: int | None = None,
        errors: Sequence[Fault] = (),
        request_id: str | None = None,
    ) -> None:
        """Make an error; `status` is None when there was no answer."""
        super().__init__(detail)
        self.detail = detail
        self.title = title
        self.status = status
        self.errors = tuple(errors)
        self.request_id = request_id

    def __str__(self) -> str:
        head = " ".join(filter(None, [str(self.status or ""), self.title]))
        lines = [f"{head}: {self.detail}" if head else self.detail]
        lines += [f"  {fault}" for fault in self.errors[:MOST_IN_WORDS]]
        if len(self.errors) > MOST_IN_WORDS:
            lines.append(f"  … and {len(self.errors) - MOST_IN_WORDS} more in .errors")
        if self.request_id:
            lines.append(f"  (request {self.request_id})")
        return "\n".join(lines)


class NoAnswer(TagstoreError):
    """The server could not be reached, or the line broke; what was asked may have been done."""


class NotSignedIn(TagstoreError):
    """The token is missing, wrong or no longer valid."""


class Forbidden(TagstoreError):
    """The token's user may see it, but not do that."""


class NotFound(TagstoreError):
    """It is not there, or not to be seen by the token's user."""


class Conflict(TagstoreError):
    """The state of things does not allow it: a name or an external id is taken."""


class Gone(TagstoreError):
    """It was there, and is no longer kept."""


class Stale(TagstoreError):
    """Somebody changed it since it was read; `current` is how it stands now."""

    current: dict[str, Any]


class TooLarge(TagstoreError):
    """More than the server takes at once."""


class Invalid(TagstoreError):
    """Well formed, but without meaning; `errors` names every fault."""


class Busy(TagstoreError):
    """The server asked to come back later, and did so until patience ended."""

    retry_after_s: float | None


KINDS: dict[int, type[TagstoreError]] = {
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    412: Stale,
    413: TooLarge,
    422: Invalid,
    429: Busy,
    503: Busy,
}


def refusal(response: httpx.Response) -> TagstoreError:
    """Return the error that an answer is; its body has been read."""
    problem = _problem(response)
    faults = [
        Fault(str(each.get("detail", "")), str(each.get("code", "")), str(each.get("pointer", "")))
        for each in problem.get("errors", [])
    ]
    error = KINDS.get(response.status_code, TagstoreError)(
        str(problem.get("detail") or _detail(response)),
        title=str(problem.get("title") or response.reason_phrase),
        status=response.status_code,
        errors=faults,
        request_id=response.headers.get("X-Request-Id"),
    )
    if isinstance(error, Stale):
        error.current = problem.get("current", {})
    if isinstance(error, Busy):
        error.retry_after_s = _retry_after_s(response)
    return error


def _problem(response: httpx.Response) -> dict[str, Any]:
    """Return the problem document; none, if something between us and the server has answered."""
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _detail(response: httpx.Response) -> str:
    if response.is_redirect:
        return f"The server is at another address: {response.headers.get('Location')}"
    return response.text.strip()[:500] or "The answer says no more."


def _retry_after_s(response: httpx.Response) -> float | None:
    """Return how long to wait, as said in seconds or as a date."""
    said = response.headers.get("Retry-After", "")
    if said.isdigit():
        return float(said)
    try:
        then = parsedate_to_datetime(said)
        now = parsedate_to_datetime(response.headers["Date"])
        return max(0.0, (then - now).total_seconds())
    except (KeyError, TypeError, ValueError):
        return None
