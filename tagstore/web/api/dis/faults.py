"""What DIS calls the things that go wrong."""

from tagstore.errors import Malformed
from tagstore.services.resource_tags import NoSuchKey, TooManyTags
from tagstore.web.failures import Failure

CODES = {400: "DIS.4200", 422: "DIS.4200", 401: "APIGW.0301", 403: "DIS.4116"}
"""Codes of statuses; of all others see `code_of`."""

MOST_REASONS = 3


class Refused(Malformed):
    """A fault that has a code of its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def code_of(failure: Failure) -> str:
    """Return DIS's code of a failure."""
    match failure.error:
        case Refused():
            return failure.error.code
        case TooManyTags():
            return "DIS.4601"
        case NoSuchKey():
            return "DIS.4604"
    return CODES.get(failure.status, "DIS.5000" if failure.status >= 500 else "DIS.4300")


def status_of(failure: Failure) -> int:
    """Return the status: DIS says 400 to whatever makes no sense."""
    is_bad = failure.status == 422 or isinstance(failure.error, NoSuchKey)
    return 400 if is_bad else failure.status


def message_of(failure: Failure) -> str:
    """Return what went wrong in a sentence or two, with the first few reasons."""
    reasons = [f"{field}: {reason}" for field, reason in failure.reasons.items()]
    return " ".join([failure.message, *reasons[:MOST_REASONS]])
