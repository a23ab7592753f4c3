"""What tus says in headers: read strictly, and described."""

import base64
import binascii
import re
from typing import Any, BinaryIO, cast

from flask import request
from werkzeug.exceptions import PreconditionFailed, UnsupportedMediaType
from werkzeug.http import http_date

from tagstore.errors import Invalid, Malformed, TagstoreError, TooLarge
from tagstore.services.uploads import Draft, Part, Standing
from tagstore.services.uploads.partials import ALGORITHMS, Checksum
from tagstore.web.api.base import the_app
from tagstore.web.api.v1.schemas import NOT_PLAIN, PLAIN
from tagstore.web.door import as_text

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
TYPE = "application/offset+octet-stream"
NUMBER = re.compile(r"[0-9]{1,18}")
PAIR = re.compile(r"([!-+\--~]+)(?: ([A-Za-z0-9+/]*={0,2}))?")
CHECKSUM = re.compile(r"([a-z0-9]+) ([A-Za-z0-9+/]+={0,2})")
LONGEST_METADATA = 8000
MEDIA = "Media-Location"

Headers = dict[str, dict[str, Any]]

TAKES = {TYPE: {"type": "string", "format": "binary"}}
VERSIONED: Headers = {
    "Tus-Resumable": {
        "description": "The version of tus that the client speaks.",
        "schema": {"type": "string", "enum": [VERSION]},
    }
}
_NEEDED: Headers = {name: {**said, "required": True} for name, said in VERSIONED.items()}
_CHECKED: Headers = {
    "Upload-Checksum": {
        "description": "What the piece must hash to: sha1 or sha256, a space, and its Base64.",
        "schema": {
            "type": "string",
            "pattern": "^(sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=)$",
            "example": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        },
    }
}
ANNOUNCING: Headers = {
    **_NEEDED,
    "Upload-Length": {
        "description": "How many bytes the file has.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
    },
    "Upload-Metadata": {
        "description": "Names and their values in Base64, as tus has them: `project` is the key "
        "of the project, `filename` the file's name; `folder` may be given, others are ignored.",
        "required": True,
        "schema": {"type": "string", "example": "project ZnJvZ3M=,filename YS53YXY="},
    },
    **_CHECKED,
}
GOING_ON: Headers = {
    **_NEEDED,
    "Upload-Offset": {
        "description": "Where in the file the piece begins.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
    },
    **_CHECKED,
}
INSTEAD: Headers = {
    "X-HTTP-Method-Override": {
        "required": True,
        "schema": {"type": "string", "enum": ["PATCH", "DELETE"]},
    },
    **{name: {**said, "required": False} for name, said in GOING_ON.items()},
}


class OtherVersion(PreconditionFailed):
    """The client speaks another tus, or does not say which; the answer names ours."""

    title = "Unsupported version of tus"

    def get_headers(self, *args: Any, **options: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [*super().get_headers(*args, **options), ("Tus-Version", VERSION)]


def check_version(*, is_needed: bool = True) -> None:
    """Refuse who does not speak our version of tus."""
    if request.headers.get("Tus-Resumable", "" if is_needed else VERSION) != VERSION:
        raise OtherVersion(f"Send the header Tus-Resumable: {VERSION}. Nothing was changed.")


def abilities() -> dict[str, str]:
    """Return the headers that say what of tus is spoken."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        "Tus-Max-Size": str(the_app().settings.max_upload),
        **limits(),
    }


def limits() -> dict[str, str]:
    """Return how large a file and a piece may be, as the IETF's draft of its own protocol does."""
    settings = the_app().settings
    words = f"max-size={settings.max_upload}, max-append-size={settings.max_body}"
    return {"Upload-Limit": words}


def progress(standing: Standing) -> dict[str, str]:
    """Return how far an upload is, until when it is kept, and what it became."""
    found = {
        "Upload-Offset": str(standing.offset),
        "Upload-Expires": http_date(standing.expires_at),
    }
    if standing.media_file_id is not None:
        found[MEDIA] = f"{request.script_root}/api/v1/media/{standing.media_file_id}"
    return found


def announced(standing: Standing) -> dict[str, str]:
    """Return what was said of a file when it was announced."""
    said = {"Upload-Length": str(standing.length)}
    return said | ({"Upload-Metadata": standing.metadata} if standing.metadata else {})


def draft() -> Draft:
    """Return the file that is announced, or every fault in what is said of it."""
    faults: dict[str, str] = {}
    length = request.headers.get("Upload-Length", "")
    if not NUMBER.fullmatch(length) or int(length) < 1:
        faults["Upload-Length"] = "must be a whole number from 1, the bytes of the file"
    if "Upload-Defer-Length" in request.headers:
        faults["Upload-Defer-Length"] = "is not taken: say how long the file is"
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    name, folder = said.get("filename", said.get("name", "")), said.get("folder", "")
    faults |= {
        f"Upload-Metadata/{field}": "must be given, in Base64"
        for field, text in {"project": said.get("project"), "filename": name}.items()
        if not text
    }
    faults |= {
        f"Upload-Metadata/{field}": NOT_PLAIN
        for field, text in {"filename": name, "folder": folder}.items()
        if not PLAIN.fullmatch(text)
    }
    if faults:
        raise Invalid("What is said of the file makes no sense.", **faults)
    metadata = request.headers["Upload-Metadata"]
    return Draft(said["project"], name, folder, int(length), metadata)


def _metadata(header: str) -> dict[str, str]:
    """Return the names and values of Upload-Metadata."""
    if len(header) > LONGEST_METADATA:
        raise TooLarge(f"Upload-Metadata has more than {LONGEST_METADATA} characters.")
    said: dict[str, str] = {}
    for pair in filter(None, (each.strip(" ") for each in header.split(","))):
        found = PAIR.fullmatch(pair)
        if found is None or found[1] in said:
            raise _bad_metadata("must be names, each once, and values in Base64")
        data = _decoded(found[2] or "")
        if data is None:
            raise _bad_metadata(f"{found[1]} is not in Base64")
        try:
            said[found[1]] = as_text(data, "Upload-Metadata")
        except Malformed:
            raise _bad_metadata(f"{found[1]} is not text in UTF-8 without NUL") from None
    return said


def _bad_metadata(reason: str) -> TagstoreError:
    return Invalid("What is said of the file makes no sense.", **{"Upload-Metadata": reason})


def offset() -> int:
    """Return where the piece begins that comes in the body."""
    header = request.headers.get("Upload-Offset", "")
    if not NUMBER.fullmatch(header):
        reason = "must be a whole number, where in the file the bytes begin"
        raise Invalid("It is not said where the bytes belong.", **{"Upload-Offset": reason})
    return int(header)


def part(begins_at: int) -> Part:
    """Return the piece that comes in the body."""
    if request.mimetype != TYPE:
        raise UnsupportedMediaType(f"Send {TYPE}, not {request.mimetype or 'nothing'}.")
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        raise Malformed("Say in Content-Length how many bytes come.")
    size, most = request.content_length or 0, the_app().settings.max_body
    if size > most:
        raise TooLarge(
            f"A piece of a file may have {most} bytes, and this has {size}. Nothing of it was "
            "kept; send the file in smaller pieces (many clients call that the chunk size)."
        )
    return Part(begins_at, size, cast(BinaryIO, request.stream), _checksum())


def _checksum() -> Checksum | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    found = CHECKSUM.fullmatch(header)
    digest = found and _decoded(found[2])
    if found is None or not digest:
        raise Malformed("Upload-Checksum is the name of an algorithm, a space, and Base64.")
    if found[1] not in ALGORITHMS:
        raise Malformed(f"{found[1]} is not computed here; {' and '.join(ALGORITHMS)} are.")
    return Checksum(found[1], digest)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
