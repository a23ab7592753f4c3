"""A proxy before a real server: passes requests on, notes them, and fails as it is told."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOPS = {"connection", "keep-alive", "transfer-encoding", "content-length"}
NEWER = {"of_a_newer_server": {"any": ["thing"]}}


@dataclass(frozen=True)
class Asked:
    """A request as it came, and what it was answered; None: nothing."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None = None


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Fault = Callable[["Handler", Callable[[], Answer]], Answer | None]
"""Is given a way to ask the server; what it returns is sent, None cuts the line."""


def unanswered(_: "Handler", ask: Callable[[], Answer]) -> None:
    """Let the server do its work, and cut the line before its answer."""
    ask()


def unheard(*_: Any) -> None:
    """Cut the line before the server hears anything."""


def half(handler: "Handler", ask: Callable[[], Answer]) -> None:
    """Cut the line in the middle of the answer."""
    answer = ask()
    handler.send(answer, len(answer.body) // 2)


def busy(retry_after_s: int) -> Fault:
    """Say as a busy server does when to come back."""
    return lambda *_: Answer(503, [("Retry-After", str(retry_after_s))], b"")


class Proxy:
    """Stands before a server; `asked` is what went through."""

    def __init__(self, address: str) -> None:
        """Begin to serve on a free port."""
        self.host = address.removeprefix("http://")
        self.asked: list[Asked] = []
        self.is_newer = False
        self._faults: list[tuple[str, str, Fault]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self))
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def will(self, fault: Fault, method: str, part: str, times: int = 1) -> None:
        """Fail so the next times that something is asked of an address with that part."""
        self._faults += [(method, part, fault)] * times

    def fault_of(self, method: str, target: str) -> Fault | None:
        """Return how to fail now, which is then done with."""
        for number, (wanted, part, fault) in enumerate(self._faults):
            if wanted == method and part in target:
                del self._faults[number]
                return fault
        return None

    def forget(self) -> None:
        """Be as at the beginning."""
        self.asked.clear()
        self._faults.clear()
        self.is_newer = False

    def count(self, method: str, part: str) -> int:
        """Return how often something was asked of an address with that part."""
        return sum(each.method == method and part in each.target for each in self.asked)

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Passes on the requests of one connection."""

    protocol_version = "HTTP/1.1"

    def __init__(self, proxy: Proxy, *connection: Any) -> None:
        """Serve a connection until it ends."""
        self.proxy = proxy
        super().__init__(*connection)

    def carry(self) -> None:
        """Pass a request on, and the answer back."""
        proxy = self.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.command, self.path, dict(self.headers), body)
        fault = proxy.fault_of(self.command, self.path)
        answer = fault(self, lambda: ask(proxy, asked)) if fault else ask(proxy, asked)
        if answer is None:
            proxy.asked.append(asked)
            self.cut()
        else:
            proxy.asked.append(replace(asked, status=answer.status))
            self.send(answer, len(answer.body))

    def cut(self) -> None:
        """End the connection as if the line had broken."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def send(self, answer: Answer, size: int) -> None:
        """Send an answer, and so much of its body."""
        self.send_response(answer.status)
        for name, text in answer.headers:
            self.send_header(name, text)
        if self.command != "HEAD" and answer.status != http.client.NO_CONTENT:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[:size])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
    setattr(Handler, f"do_{_method}", Handler.carry)


def ask(proxy: Proxy, asked: Asked) -> Answer:
    """Ask the server itself."""
    connection = http.client.HTTPConnection(proxy.host, timeout=120)
    headers = {name: text for name, text in asked.headers.items() if name.lower() not in HOPS}
    connection.request(asked.method, asked.target, asked.body, headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    kept = [each for each in response.getheaders() if each[0].lower() not in HOPS]
    if proxy.is_newer and response.headers.get_content_type() == "application/json":
        body = json.dumps(newer(json.loads(body))).encode()
    return Answer(response.status, kept, body)


def newer(said: Any) -> Any:
    """Return what a newer server may say instead: every object has a field more, but for info."""
    if isinstance(said, list):
        return [newer(each) for each in said]
    if isinstance(said, dict):
        told = {name: each if name == "info" else newer(each) for name, each in said.items()}
        return told | NEWER
    return said
