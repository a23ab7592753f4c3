"""A server that speaks S3, of the tests' own; it notes what it is asked, and can go away."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from tagstore.media.stores.bucket import Bucket

KEYS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@dataclass
class Asked:
    """One request and how many bytes of body were sent back."""

    method: str
    path: str
    query: str
    range: str
    sent: int = 0


class Quiet(MotoRequestHandler):
    """Writes no line about every request."""

    def log(self, *_: Any) -> None:
        """Write nothing."""


class S3Server:
    """Moto on a free port of this machine, in threads of this process, which keeps its objects."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.fail: Callable[[Asked], bool] | None = None
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = threading.Lock()
        self._thawed = threading.Event()
        self._thawed.set()
        self._port = 0
        self._names = 0
        self._server: BaseWSGIServer
        self.start()

    @property
    def endpoint(self) -> str:
        """Where it listens, also after a new start."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen."""
        self._server = make_server(
            "127.0.0.1", self._port, self._answer, threaded=True, request_handler=Quiet
        )
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Refuse connections; the objects stay."""
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Be away for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def away_for(self, seconds: float) -> Iterator[None]:
        """Refuse connections at first, then listen."""
        self.stop()
        back = threading.Timer(seconds, self.start)
        back.start()
        try:
            yield
        finally:
            back.join()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Take requests and answer none for a while."""
        self._thawed.clear()
        try:
            yield
        finally:
            self._thawed.set()

    @property
    def client(self) -> Any:
        """Boto3's own client for it."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="tests",
            aws_secret_access_key="tests",
        )

    def make_bucket(self) -> str:
        """Make an empty bucket and return its name."""
        self._names += 1
        name = f"bucket-{self._names}"
        self.client.create_bucket(Bucket=name)
        return name

    def bucket(self, prefix: str = "") -> Bucket:
        """Make a bucket and return a place in it as Tagstore reaches it."""
        return Bucket(self.make_bucket(), prefix, self.endpoint)

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of all objects."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return [each["Key"] for page in pages for each in page.get("Contents", ())]

    def settings(self, bucket: str, prefix: str = "tags") -> dict[str, str]:
        """Return the environment of a process that keeps its files in a bucket."""
        url = {"TAGSTORE_STORAGE_URL": f"s3://{bucket}/{prefix}"}
        return {**KEYS, **url, "TAGSTORE_S3_ENDPOINT": self.endpoint}

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self._thawed.wait(30)
        asked = Asked(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
            environ.get("HTTP_RANGE", ""),
        )
        self.asked.append(asked)
        if self.fail is not None and self.fail(asked):
            start("500 Internal Server Error", [("Content-Length", "0")])
            return
        with self._one_at_a_time:  # Moto's objects are not made for threads.
            parts = list(self._moto(environ, start))
        for part in parts:
            asked.sent += len(part)
            yield part
