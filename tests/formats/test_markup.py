import io

import pytest

from tagstore.formats import markup, text
from tagstore.formats.markup import Element, elements
from tagstore.formats.rows import Fault


def read(content):
    return list(elements(io.BytesIO(content)))


def test_elements_come_as_they_close_with_what_is_around_them():
    b, c, a = read(b'<a x="1">\n<b y="&lt;&#65;">t&amp;<![CDATA[<u>]]></b>\n<c/></a>')

    assert [(each.name, each.line) for each in (b, c, a)] == [("b", 2), ("c", 3), ("a", 1)]
    assert (b.text, b.attributes) == ("t&<u>", {"y": "<A"})
    assert b.parent is a
    assert b.around("a") is a
    assert b.around("z") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "cp1252"])
def test_every_encoding_that_a_declaration_names_is_read(encoding):
    content = f'<?xml version="1.0" encoding="{encoding}"?><a>é</a>'.encode(encoding)

    assert [each.text for each in read(content)] == ["é"]


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<a>&c;</a>"""


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        BOMB.replace(b'"bbbbbbbbbb"', b'SYSTEM "file:///etc/passwd"'),
        b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">\n<a/>',
        b"<?xml version='1.0'?>\n<!DOCTYPE a []>\n<a/>",
    ],
    ids=["bomb", "file", "dtd", "empty"],
)
def test_definitions_are_refused(content):
    assert read(content) == [Fault(2, None, markup.HAS_DEFINITIONS)]


def test_a_bare_name_of_a_type_defines_nothing():
    assert [each.name for each in read(b"<!DOCTYPE a>\n<a/>")] == ["a"]
    assert read(b"<!DOCTYPE a>\n<a>&b;</a>")[-1].line == 2


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "no element found: line 1, column 0"),
        (b"<a>\n<b></a>", 2, "mismatched tag: line 2, column 5"),
        (b"<a>&b;</a>", 1, "undefined entity: line 1, column 3"),
        (b"<a>\xff</a>", 1, "not well-formed (invalid token): line 1, column 3"),
        (b"<a>&#0;</a>", 1, "reference to invalid character number: line 1, column 3"),
        (b'<?xml version="1.0" encoding="x"?><a/>', 1, "unknown encoding: x"),
    ],
)
def test_what_is_not_xml_is_a_fault_of_its_line(content, line, reason):
    assert read(content)[-1] == Fault(line, None, f"It is not good XML: {reason}.")


def test_nesting_and_size_are_bounded():
    assert len(read(b"<a>" * 100 + b"</a>" * 100)) == 100
    assert read(b"<a>" * 10_000)[-1] == Fault(1, None, markup.TOO_DEEP)
    large = b"<a>" + b" " * text.LARGEST_DOCUMENT_BYTES
    assert read(large)[-1].reason == text.TOO_LARGE


def test_what_is_written_is_read_back():
    said = " a<&>\"'\r\n\t\u20ac\U0001f426"
    content = f"<a{markup.attributes(b=said, c=None)}>{markup.escaped(said)}</a>"

    (found,) = read(content.encode())

    assert isinstance(found, Element)
    assert (found.text, found.attributes) == (said, {"b": said})
    assert markup.escaped("\x00\x0b\ufffe") == "\ufffd" * 3
