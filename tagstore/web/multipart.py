"""Reading multipart forms: every part by its name, whole or not at all."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO, cast

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from tagstore.errors import Malformed, TooLarge

TYPE = "multipart/form-data"
MOST_PARTS = 1000
LONGEST_BOUNDARY = 200
"""RFC 2046 says 70, but some clients draw a few characters more."""
READ_AT_ONCE = 64 * 1024

Fields = list[tuple[str, bytes]]
Files = list[tuple[str, FileStorage]]


def read_parts(
    stream: IO[bytes], boundary: str, most_bytes: int, open_file: Callable[[], IO[bytes]]
) -> tuple[Fields, Files]:
    """Return the fields, which have at most `most_bytes` together, and the files of a form."""
    fields: list[tuple[str, BytesIO]] = []
    files: Files = []
    target: IO[bytes] = BytesIO()
    in_memory = 0
    for event in _events(stream, boundary, most_bytes):
        match event:
            case Field():
                target = BytesIO()
                fields.append((_name(event), target))
            case File():
                target = open_file()
                name = _name(event)
                files.append(
                    (name, FileStorage(target, event.filename, name, headers=event.headers))
                )
            case Data():
                in_memory += len(event.data) if isinstance(target, BytesIO) else 0
                if in_memory > most_bytes:
                    raise _too_large(most_bytes)
                target.write(event.data)
    for _, file in files:
        file.stream.seek(0)
    return [(name, field.getvalue()) for name, field in fields], files


def _name(part: Field | File) -> str:
    """Return what a part is called; the decoder says nothing where nothing was said."""
    name = cast(str | None, part.name)
    if name is None:
        raise Malformed("A part of the form has no name.")
    if "\0" in name or (isinstance(part, File) and "\0" in part.filename):
        raise Malformed("A name in the form must not contain NUL.")
    return name


def _events(stream: IO[bytes], boundary: str, most_bytes: int) -> Iterator[Event]:
    """Yield what the decoder finds until the form is closed."""
    if not (boundary and boundary.isascii() and len(boundary) <= LONGEST_BOUNDARY):
        raise Malformed("The form does not say by which boundary its parts are told apart.")
    decoder = MultipartDecoder(boundary.encode(), most_bytes, max_parts=MOST_PARTS)
    event: Event = NeedData()
    try:
        while not isinstance(event, Epilogue):
            if isinstance(event, NeedData):
                decoder.receive_data(stream.read(READ_AT_ONCE) or None)
            event = decoder.next_event()
            yield event
    except RequestEntityTooLarge:
        raise _too_large(most_bytes) from None
    except ValueError:
        raise Malformed("The form ends too early, or the head of a part is broken.") from None


def _too_large(most_bytes: int) -> TooLarge:
    return TooLarge(f"A form may have {MOST_PARTS} parts and {most_bytes} bytes in its fields.")
