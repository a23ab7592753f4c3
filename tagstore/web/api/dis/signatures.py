"""The official SDK's request signature, SDK-HMAC-SHA256, as its signer computes it."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_from_bytes, unquote_to_bytes

from werkzeug import Request

from tagstore import clock
from tagstore.errors import Unauthenticated
from tagstore.web.door import body_bytes, query_bytes

ALGORITHM = "SDK-HMAC-SHA256"
HEADER = re.compile(
    rf"{ALGORITHM}\s+Access=([^\s,]+),\s*SignedHeaders=([^\s,]+),\s*Signature=([0-9a-f]{{64}})",
    re.IGNORECASE | re.ASCII,
)
DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
HASH = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
REQUIRED = {"host", "x-sdk-date"}
CONTENT_HASH = "x-sdk-content-sha256"
LENIENCE = timedelta(minutes=15)


def read(request: Request) -> tuple[str, bytes, str]:
    """Return the access key, what it signed, and the signature in hex; raise if it is too old."""
    found = HEADER.fullmatch(request.headers.get("Authorization", "").strip())
    if found is None:
        raise Unauthenticated("The Authorization header is not a whole signature.")
    names = found[2].lower().split(";")
    if not set(names) >= REQUIRED:
        raise Unauthenticated("Host and X-Sdk-Date must be signed.")
    date = request.headers.get("X-Sdk-Date", "").strip()
    _check_date(date)
    digest = hashlib.sha256(_canonical_request(request, names)).hexdigest()
    return found[1], f"{ALGORITHM}\n{date}\n{digest}".encode(), found[3]


def _check_date(text: str) -> None:
    try:
        if not DATE.fullmatch(text):
            raise ValueError
        moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Unauthenticated("X-Sdk-Date must be a moment like 20260102T030405Z.") from error
    if abs(clock.now() - moment) > LENIENCE:
        raise Unauthenticated("X-Sdk-Date is more than 15 minutes off this server's clock.")


def _canonical_request(request: Request, names: list[str]) -> bytes:
    parts = [
        request.method.encode(),
        _uri(request),
        _query(),
        b"".join(name.encode() + b":" + _header(request, name) + b"\n" for name in names),
        ";".join(names).encode(),
        _content(request, names),
    ]
    return b"\n".join(parts)


def _uri(request: Request) -> bytes:
    """Return the decoded path encoded anew, slashes left bare, with one at the end."""
    environ = request.environ
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    return _encoded(path, safe="/~") + (b"" if path.endswith(b"/") else b"/")


def _query() -> bytes:
    pairs = [each.partition(b"=") for each in query_bytes().split(b"&") if each]
    decoded = sorted((unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs)
    return b"&".join(_encoded(name) + b"=" + _encoded(value) for name, value in decoded)


def _encoded(text: bytes, safe: str = "~") -> bytes:
    return quote_from_bytes(text, safe=safe).encode()


def _header(request: Request, name: str) -> bytes:
    value = request.headers.get(name)
    if value is None:
        raise Unauthenticated("A header that is signed is not there.")
    return value.encode("latin-1", "replace").strip()


def _content(request: Request, names: list[str]) -> bytes:
    """Return the body's hash, or what the signer put in its place; a hash must be the body's."""
    body = body_bytes()
    actual = hashlib.sha256(body).hexdigest()
    if not body or CONTENT_HASH not in names:
        return actual.encode()
    given = _header(request, CONTENT_HASH)
    if HASH.fullmatch(given.decode("latin-1")) and given.lower() != actual.encode():
        raise Unauthenticated("X-Sdk-Content-Sha256 is not the hash of the body.")
    return given
