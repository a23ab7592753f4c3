"""The client."""

import ssl
from typing import Self

from tagstore_client.frames import Frames
from tagstore_client.line import Line
from tagstore_client.lots import Lots


class Tagstore(Frames, Lots):
    """A Tagstore server, as the user of a token sees it.

    with Tagstore("http://127.0.0.1:5000", token) as store:
        for recording in store.media("demo"):
            print(recording.path, recording.duration_s)

    A server that is busy is waited for as long as it says, up to `longest_wait_s`; a line that
    breaks is tried again where that does no harm, `tries` times in all.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout_s: float = 60.0,
        tries: int = 8,
        longest_wait_s: float = 60.0,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        """Know where the server is; nothing is asked yet."""
        self.url = url
        line = Line(
            url,
            token,
            timeout_s=timeout_s,
            tries=tries,
            longest_wait_s=longest_wait_s,
            verify=verify,
        )
        super().__init__(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._line.close()

    def __repr__(self) -> str:
        return f"Tagstore({self.url!r})"
