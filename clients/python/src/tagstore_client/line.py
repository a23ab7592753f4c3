"""The line to the server: one connection pool, what is sent again over it, and when."""

import random
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from tagstore_client.errors import Busy, NoAnswer, TagstoreError, refusal
from tagstore_client.version import __version__

PREFIX = "/api/v1"
CONNECT_S = 10.0
FIRST_WAIT_S = 0.5
REPEATABLE = {"GET", "HEAD", "PUT", "DELETE"}
KEY = "Idempotency-Key"
GATEWAYS = {502, 504}
"""What a proxy answers while the server behind it starts again."""
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
PASSING = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)

Params = Mapping[str, str]


class Patience:
    """How often one and the same thing is tried, and how long is waited between."""

    def __init__(self, tries: int, longest_wait_s: float) -> None:
        """Begin with the first try."""
        self._tries, self._longest_wait_s = tries, longest_wait_s
        self._tried = 0

    def renew(self) -> None:
        """Begin anew, because something was achieved."""
        self._tried = 0

    def bear(
        self, error: Exception, *, repeatable: bool, also: frozenset[int] = frozenset()
    ) -> None:
        """Wait until it may be tried again, or raise what went wrong."""
        self._tried += 1
        wait_s = self._wait_s(error, repeatable, also)
        if wait_s is None or self._tried >= self._tries or wait_s > self._longest_wait_s:
            raise _ours(error)
        time.sleep(wait_s)

    def _wait_s(self, error: Exception, repeatable: bool, also: frozenset[int]) -> float | None:
        """Return how long to wait, None when trying again is of no use or could do harm."""
        doubled_s: float = FIRST_WAIT_S * 2 ** (self._tried - 1) * random.uniform(0.75, 1.0)
        backoff_s = min(doubled_s, self._longest_wait_s)
        if isinstance(error, Busy):
            if error.retry_after_s is not None:
                return max(error.retry_after_s, backoff_s)
            passes = repeatable
        elif isinstance(error, TagstoreError):
            passes = error.status in also or (repeatable and error.status in GATEWAYS)
        else:
            passes = isinstance(error, UNSENT) or (repeatable and isinstance(error, PASSING))
        return backoff_s if passes else None


def _ours(error: Exception) -> TagstoreError:
    """Return what went wrong as an error of ours."""
    if isinstance(error, TagstoreError):
        return error
    ours = NoAnswer(f"The server did not answer: {error or type(error).__name__}")
    ours.__cause__ = error
    return ours


class Line:
    """Asks the server, again where that does no harm."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        timeout_s: float,
        tries: int,
        longest_wait_s: float,
        verify: bool | ssl.SSLContext,
    ) -> None:
        """Make a line; nothing is sent yet."""
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"The address of a server begins with http:// or https://, not {url}")
        self._root = url.rstrip("/") + PREFIX
        self._tries, self._longest_wait_s = tries, longest_wait_s
        headers = {"User-Agent": f"tagstore-client/{__version__}"}
        if token:
            headers["Authorization"] = f"Bearer {token.strip()}"
        timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S))
        self._http = httpx.Client(headers=headers, timeout=timeout, verify=verify)

    def close(self) -> None:
        """Let go of all connections."""
        self._http.close()

    def patience(self) -> Patience:
        """Return the patience that one thing deserves."""
        return Patience(self._tries, self._longest_wait_s)

    def get(self, path: str, params: Params | None = None) -> Any:
        """Return what the JSON at an address says."""
        return said(self.ask("GET", path, params=params))

    def post(self, path: str, body: Any, *, params: Params | None = None) -> Any:
        """Send JSON, and return what the answer says."""
        return said(self.ask("POST", path, params=params, json=body))

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> httpx.Response:
        """Send a request until it is answered, and return the answer; a refusal raises.

        A POST has a key by which the server knows it again. What has none, and may do harm when
        done twice, is sent again only if it certainly did not arrive. A DELETE that finds nothing
        after its answer was lost has done its work.
        """
        headers = dict(headers or {})
        if method == "POST":
            headers.setdefault(KEY, str(uuid4()))
        repeatable = method in REPEATABLE or KEY in headers
        patience, was_lost = self.patience(), False
        while True:
            try:
                return self.once(method, path, headers=headers, **sent)
            except (httpx.HTTPError, TagstoreError) as error:
                if was_lost and method == "DELETE" and getattr(error, "status", None) == 404:
                    return httpx.Response(204)
                patience.bear(error, repeatable=repeatable)
                was_lost = was_lost or not isinstance(error, (Busy, *UNSENT))

    def once(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Send a request once; raise what httpx raises, or the refusal that the answer is."""
        response = self._http.request(method, self._root + path, **sent)
        if not response.is_success:
            raise refusal(response)
        return response

    @contextmanager
    def stream(self, path: str, params: Params, headers: Params) -> Iterator[httpx.Response]:
        """Ask once for something large, and yield the answer before its body is there."""
        address = self._root + path
        with self._http.stream("GET", address, params=params, headers=headers) as response:
            if not response.is_success:
                response.read()
                raise refusal(response)
            yield response


def said(response: httpx.Response) -> Any:
    """Return what the JSON of an answer says."""
    try:
        return response.json()
    except ValueError:
        detail = f"That is no Tagstore: {response.request.url} answered something other than JSON."
        raise TagstoreError(detail, status=response.status_code) from None
