"""Reading XML from strangers: no DTD, no entities, nothing fetched, bounded in every direction."""

from typing import Any, NoReturn
from xml.parsers import expat

from tagstore.errors import Malformed, TooLarge
from tagstore.web.api.pixelshare.written import Parts, Written, gather

DEEPEST = 256
MOST_ELEMENTS = 100_000
ENCODINGS = {"utf-8", "us-ascii"}
NIL = "http://www.w3.org/2001/XMLSchema-instance nil"


def read_document(data: bytes) -> tuple[str, Any]:
    """Return the name of an XML document's root, and its elements as nested values.

    Names are taken without namespace and, but for the root's, in lower case.
    """
    _check_bytes(data)
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise Malformed(f"XML parse error - {words}: line {error.lineno}") from None
    return reader.root, reader.value


def _check_bytes(data: bytes) -> None:
    """Refuse all but UTF-8: the parser would guess other encodings, whatever it was told."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise Malformed("XML parse error - a byte order mark is not taken")
    try:
        has_nul = "\0" in data.decode()
    except UnicodeDecodeError:
        has_nul = True
    if has_nul:
        raise Malformed("XML parse error - only UTF-8 without NUL is taken")


class _Element:
    """What is known of an element before it ends."""

    def __init__(self, name: str, *, is_nil: bool) -> None:
        self.name = name
        self.is_nil = is_nil
        self.parts = Parts()
        self.texts: list[str] = []

    def value(self) -> Any:
        """Return its parts, or its text if it has none."""
        if self.is_nil:
            return None
        return self.parts or Written("".join(self.texts))


class _Reader:
    """Turns what the parser tells into values, and refuses before anything is expanded."""

    def __init__(self) -> None:
        self.root = ""
        self.value: Any = None
        self.open: list[_Element] = []
        self.count = 0
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declare
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._add_text
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        for event in ("StartDoctypeDecl", "EntityDecl", "UnparsedEntityDecl", "NotationDecl"):
            setattr(self.parser, f"{event}Handler", _refuse)
        self.parser.ExternalEntityRefHandler = _refuse
        self.parser.SkippedEntityHandler = _refuse

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise Malformed("XML parse error - only UTF-8 is taken")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise TooLarge(f"The document has more than {MOST_ELEMENTS} elements.")
        if len(self.open) == DEEPEST:
            raise Malformed(f"XML parse error - more than {DEEPEST} elements in each other")
        local = name.rpartition(" ")[2]
        if not self.open:
            self.root = local
        is_nil = attributes.get(NIL, "").strip() in {"true", "1"}
        self.open.append(_Element(local.lower(), is_nil=is_nil))

    def _end(self, _name: str) -> None:
        element = self.open.pop()
        if self.open:
            gather(self.open[-1].parts, element.name, element.value())
        else:
            self.value = element.value()

    def _add_text(self, text: str) -> None:
        self.open[-1].texts.append(text)


def _refuse(*_: Any) -> NoReturn:
    raise Malformed("XML parse error - document types and entities are not taken")
