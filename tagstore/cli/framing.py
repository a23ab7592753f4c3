"""HTTP's own framing: the web server's parser, stricter; and its connections, calmer."""

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

from tagstore.cli.turns import Task


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
    """A connection whose requests are read by our parser, and which is not written to by two.

    The server's loop would take a connection that a task is just writing to for one that waits for
    the loop, and look again at once, over and over: with hundreds of streams that kept everybody
    from the interpreter's lock for seconds.
    """

    parser_class = Parser
    task_class = Task
    current_outbuf_count: int

    def writable(self) -> bool:
        """Tell whether the loop is to write or to close."""
        return bool(super().writable()) and not self._is_being_written()

    def write_soon(self, data: bytes) -> int:
        """Send what a task gives; what the line does not take is left to the loop."""
        with self.outbuf_lock:
            self._begin_anew()
        count: int = super().write_soon(data)
        if self.total_outbufs_len:
            self.server.pull_trigger()
        return count

    def _begin_anew(self) -> None:
        """Leave a buffer in memory that has had its share: it keeps what was sent, too.

        Waitress would fill it up to 16 MiB, and takes another 16 while it moves.
        """
        most = self.adj.outbuf_overflow
        if self.current_outbuf_count >= most and not self.outbufs[-1].overflowed:
            self.outbufs.append(OverflowableBuffer(most))
            self.current_outbuf_count = 0

    def _is_being_written(self) -> bool:
        """Tell whether a task sends just now; one with very much to send waits for the loop."""
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            return False
        if self.outbuf_lock.acquire(blocking=False):
            self.outbuf_lock.release()
            return False
        return True
