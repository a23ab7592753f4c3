import io
import itertools

import pytest

from tagstore.formats import text
from tagstore.formats.rows import Fault


def read(content):
    return list(text.lines(io.BytesIO(content)))


@pytest.mark.parametrize(
    "content",
    [
        b"a\tKleiber\n\xc3\xbc\n",
        b"\xef\xbb\xbfa\tKleiber\r\n\xc3\xbc\r\n",
        b"a\tKleiber\r\xc3\xbc",
        b"a\tKleiber\r\n\xfc\n",
        "\ufeffa\tKleiber\nü".encode("utf-16-le"),
        "\ufeffa\tKleiber\r\nü\r\n".encode("utf-16-be"),
    ],
    ids=["utf-8", "bom", "cr", "1252", "utf-16-le", "utf-16-be"],
)
def test_lines_are_the_same_in_every_encoding_and_with_every_line_end(content):
    assert read(content) == [(1, "a\tKleiber"), (2, "ü")]
    assert text.head_lines(content)[0] == "a\tKleiber"


def test_empty_lines_count_and_an_empty_file_has_none():
    assert read(b"a\n\n\rb") == [(1, "a"), (2, ""), (3, ""), (4, "b")]
    assert read(b"") == []
    assert text.head_lines(b"") == []


def test_only_line_ends_end_a_line():
    assert read("a\x0bb\x85c\u2028d\n".encode()) == [(1, "a\x0bb\x85c\u2028d")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_end_between_two_chunks_is_one(end):
    for missing in range(4):
        first = b"x" * (text.CHUNK_BYTES - missing)
        found = read(first + end + b"y" + end)
        assert found == [(1, first.decode()), (2, "y")]


def test_a_gigantic_line_is_a_fault_and_the_next_is_read():
    long = b"x" * (text.LONGEST_LINE_BYTES + 1)
    longer = b"x" * (3 * text.LONGEST_LINE_BYTES)

    assert read(b"a\n" + long + b"\r\n" + longer + b"\nb\n" + longer) == [
        (1, "a"),
        Fault(2, None, text.TOO_LONG),
        Fault(3, None, text.TOO_LONG),
        (4, "b"),
        Fault(5, None, text.TOO_LONG),
    ]
    assert read(b"x" * text.LONGEST_LINE_BYTES) == [(1, "x" * text.LONGEST_LINE_BYTES)]


def test_a_gigantic_line_ends_with_a_chunk_too():
    for chunks, end in itertools.product(range(5, 11), (b"\r", b"\n")):
        long = b"x" * (chunks * text.CHUNK_BYTES - 1)
        assert read(long + end + b"b" + end) == [Fault(1, None, text.TOO_LONG), (2, "b")]


def test_a_nul_is_a_fault_and_the_next_line_is_read():
    assert read(b"a\0b\nc\n") == [Fault(1, None, text.HOLDS_NUL), (2, "c")]
    assert text.document(io.BytesIO(b"a\0b")) == Fault(0, None, text.HOLDS_NUL)


def test_the_head_of_a_file_is_its_whole_lines():
    assert text.head_lines(b"a\r\nb\nc") == ["a", "b"]
    assert text.head_lines(b"only one") == ["only one"]


def test_a_document_is_read_whole_up_to_a_limit():
    assert text.document(io.BytesIO(b"\xef\xbb\xbfa\r\n\xc3\xbc")) == "a\r\nü"
    assert text.document(io.BytesIO("\ufeffü\n".encode("utf-16-le"))) == "ü\n"
    assert text.document(io.BytesIO(b"\xfc\n")) == "ü\n"
    too_large = io.BytesIO(b" " * (text.LARGEST_DOCUMENT_BYTES + 1))
    assert text.document(too_large) == Fault(0, None, text.TOO_LARGE)


class Endless(io.RawIOBase):
    """Two gigabytes that were never anywhere, and how far they were asked for."""

    def __init__(self, line, size):
        self.line, self.left = line, size

    def read(self, size):
        size = min(size, self.left) // len(self.line) * len(self.line)
        self.left -= size
        return self.line * (size // len(self.line))


def test_a_file_is_asked_for_as_it_is_read():
    stream = Endless(b"0.5\t1.5\ttick\n" + b"x" * 115, 2 * 10**9)

    found = text.lines(stream)
    first = [next(found) for _ in range(10_000)]

    assert first[-1].number == 10_000
    assert 2 * 10**9 - stream.left < 10_000 * 128 + 2 * text.CHUNK_BYTES
