"""The one door: every byte a client sends becomes text, numbers and files here, or is refused.

What comes out is Unicode without NUL and lone surrogates, and numbers that say what was sent.
See docs/explanation/the-door.md.
"""

import re
from typing import IO, Any, NoReturn
from urllib.parse import unquote_to_bytes

import orjson
from flask import Request as FlaskRequest
from flask import request
from werkzeug.datastructures import Authorization, FileStorage, MultiDict
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

from tagstore.errors import Malformed, TagstoreError, TooLarge
from tagstore.web import multipart

FORM = "application/x-www-form-urlencoded"
PLAIN_CODINGS = {"", "identity"}
MOST_FIELDS = 1000
SMALLEST, LARGEST = -(2**63), 2**64 - 1
"""The integers that our JSON parser keeps; beyond them it would round without a word."""

BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
ALL_DIGITS_0 = bytes.maketrans(b"123456789", b"0" * 9)
FEWEST_DIGITS = b"0" * 19
"""No integer of fewer digits is too large for 64 bits."""

LONG_INTEGER = re.compile(rb"(?<![.0-9])[0-9]{19,}(?![.0-9eE])")
STRING_OR_NUMBER = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"|(-?[0-9]+)(\.[0-9]+)?([eE][+-]?[0-9]+)?', re.DOTALL
)


def check_request() -> None:
    """Refuse what no view should see: a broken address, a body in disguise."""
    as_text(request.environ.get("PATH_INFO", "").encode("latin-1"), "The path")
    _ = request.args
    coding = request.headers.get("Content-Encoding", "")
    if coding.strip().lower() not in PLAIN_CODINGS:
        raise UnsupportedCoding("A compressed body is not taken; send it as it is.")


def json_body() -> Any:
    """Return what the request's body says in JSON, whatever type it claims to be."""
    return parse_json(body_bytes())


def body_bytes() -> bytes:
    """Return the request's body as it came."""
    return request.get_data()


def query_bytes() -> bytes:
    """Return what stands behind the question mark as it came, for signatures."""
    return request.query_string


def parse_json(data: bytes) -> Any:
    """Return what the JSON text says; of a name that stands twice in an object, the last.

    Strict UTF-8 without byte order mark, NUL, lone surrogates, NaN, numbers beyond float64
    and integers beyond 64 bits.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        _refuse_json(error)
    _check_json(data, value)
    return value


def parse_json_lines(lines: list[bytes]) -> list[Any]:
    """Return what each line says in JSON; one that says nothing good spoils them all."""
    try:
        values = list(map(orjson.loads, lines))
    except orjson.JSONDecodeError as error:
        _refuse_json(error)
    _check_json(b"\n".join(lines), values)
    return values


def _check_json(data: bytes, value: Any) -> None:
    """Refuse what the parser takes and no store keeps."""
    if FEWEST_DIGITS in data.translate(ALL_DIGITS_0) and LONG_INTEGER.search(data):
        _check_integers(data)
    if b"\\u0000" in data:
        try:
            has_nul = _has_nul(value)
        except RecursionError:
            _refuse_json("depth limit exceeded")
        if has_nul:
            _refuse_json("text must not contain NUL")


def _refuse_json(reason: object) -> NoReturn:
    raise Malformed(f"JSON parse error - {reason}") from None


def _check_integers(data: bytes) -> None:
    for found in STRING_OR_NUMBER.finditer(data):
        digits, fraction, exponent = found.groups()
        if digits and not fraction and not exponent and not SMALLEST <= int(digits) <= LARGEST:
            _refuse_json("an integer of more than 64 bits")


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _has_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


def as_text(data: bytes, where: str) -> str:
    """Return bytes as text, or refuse them: strict UTF-8 without NUL."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Malformed(f"{where} is not UTF-8.") from None
    if "\0" in text:
        raise Malformed(f"{where} must not contain NUL.")
    return text


def parse_pairs(data: bytes, where: str) -> list[tuple[str, str]]:
    """Return the names and values of a query string or a form, in order."""
    if data.count(b"&") >= MOST_FIELDS:
        raise TooLarge(f"{where} has more than {MOST_FIELDS} fields.")
    if BAD_ESCAPE.search(data):
        raise Malformed(f"{where} has a % that two hexadecimal digits do not follow.")
    parts = [each.partition(b"=") for each in data.replace(b"+", b" ").split(b"&") if each]
    return [
        (as_text(unquote_to_bytes(name), where), as_text(unquote_to_bytes(value), where))
        for name, _, value in parts
    ]


class Forms(FormDataParser):
    """Reads forms strictly, where the parser that it replaces mends or drops what is broken."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Return the stream, the fields and the files of a body."""
        fields: list[tuple[str, str]] = []
        files: multipart.Files = []
        if mimetype == FORM:
            fields = parse_pairs(stream.read(), "The form")
        elif mimetype == multipart.TYPE:
            boundary = (options or {}).get("boundary", "")
            most = self.max_form_memory_size or 0
            raw, files = multipart.read_parts(
                stream, boundary, most, lambda: self.stream_factory(content_length, None, None)
            )
            fields = [(name, as_text(value, "The form")) for name, value in raw]
        return stream, self.cls(fields), self.cls(files)


class UnsupportedCoding(UnsupportedMediaType):
    """A body that is compressed; the answer names the one coding that is taken."""

    def get_headers(self, *args: Any, **options: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [*super().get_headers(*args, **options), ("Accept-Encoding", "identity")]


class Request(FlaskRequest):
    """A request whose parameters, fields and files come through the door.

    What was refused once reads as empty, for the page that says so looks at it too.
    """

    form_data_parser_class = Forms

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """Read the parameters behind the question mark."""
        vars(self)["args"] = self.parameter_storage_class()
        return self.parameter_storage_class(parse_pairs(self.query_string, "The query"))

    @cached_property
    def authorization(self) -> Authorization | None:
        """Read the Authorization header; one that makes no sense is none."""
        try:
            return super().authorization
        except ValueError:  # The library expects its base64 to be ASCII at least.
            return None

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except TagstoreError:
            empty = self.parameter_storage_class()
            vars(self).update(form=empty, files=empty)
            raise
