"""HTTP's own framing: the web server's parser, stricter where it would let a fault through."""

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses with 400 what could be read in two ways, and never repeats what it refuses."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the request line and the headers."""
        try:
            super().parse_header(header_plus)
        except ParsingError as error:
            # What stands in quotes is the line as it came, which may hold a credential.
            raise ParsingError(str(error).partition(' "')[0]) from None
        except ValueError:
            raise ParsingError("A number or an address in the head is none") from None
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding exclude each other")
        if "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding needs HTTP/1.1")


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read by our parser."""

    parser_class = Parser
