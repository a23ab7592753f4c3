"""A place below one bucket of S3: its objects by key, and what to say when it is away.

Imported only where S3 is used, since boto3 takes long to import.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any, BinaryIO, TypeVar

import boto3
import structlog
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from tagstore.errors import Busy, NotFound

T = TypeVar("T")

CONNECT_S = 1.0
READ_S = 2.0
PATIENT_READ_S = 60.0
PATIENCE_S = 60.0
"""So long the patient go on asking a server that is away."""
PAUSE_S = 1.0
SOON_S = 0.5
"""A call that failed sooner than this is tried once more; the server may have hung up idly."""
LEAVE_ALONE_S = 1.0
"""So long nobody asks again after a failure, and then one at a time."""
CONNECTIONS = 64
TRANSFER = TransferConfig(
    multipart_threshold=16 << 20, multipart_chunksize=8 << 20, max_concurrency=4
)
TRANSFER.max_in_memory_upload_chunks = 3
MISSING = {"404", "NoSuchKey", "NoSuchUpload", "NotFound", "InvalidRange"}
REASONS = {
    "NoSuchBucket": "there is no such bucket",
    "404": "there is no such bucket",
    "403": "it refuses our credentials",
}
OUT_OF_REACH = "The storage cannot be reached at the moment. Nothing was changed; try again."
OF_OTHERS = {
    "s3": {"addressing_style": "path"},
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}
"""How to speak to servers that are not Amazon's."""
NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)

log = structlog.get_logger()


class Failing(Exception):
    """The server itself says that it cannot answer now."""


AWAY = (ConnectionError, HTTPClientError, Failing)


class Lent:
    """A file that boto3 reads but does not close, as it otherwise does."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell

    def seekable(self) -> bool:
        """Tell that it can be sought in."""
        return True

    def close(self) -> None:
        """Leave it to its owner."""


class Bucket:
    """Objects below a prefix. Safe for threads; raises Busy for all that is not the caller's fault.

    Parameters
    ----------
    name : str
        The bucket, which must be there.
    prefix : str
        What all keys begin with: nothing, or names that end with `/`.
    endpoint : str
        The address of a server that speaks S3; empty for that of Amazon.
    patient : bool
        Whether to wait a minute for a server that is away, which nobody who waits for us would.
    """

    def __init__(
        self, name: str, prefix: str, endpoint: str = "", *, patient: bool = False
    ) -> None:
        self.name, self.prefix, self.endpoint = name, prefix, endpoint
        self._is_patient = patient
        self._lock = threading.Lock()
        self._probing = threading.Lock()
        self._failed_at: float | None = None

    def get(self, key: str) -> bytes | None:
        """Return a whole object, or None."""
        return self._ask(partial(self._read, key))

    def fetch(self, key: str, offset: int, length: int) -> bytes:
        """Return some bytes of an object, or raise NotFound."""
        if length <= 0:
            return b""
        found = self._ask(partial(self._read, key, Range=f"bytes={offset}-{offset + length - 1}"))
        if found is None or len(found) != length:
            raise NotFound("The bytes of this file are not kept here, or not all of them.")
        return found

    def size(self, key: str) -> int | None:
        """Return the size of an object in bytes, or None."""

        def look() -> int | None:
            found = _or_none(partial(self._quick.head_object, **self._named(key)))
            return None if found is None else int(found["ContentLength"])

        return self._ask(look)

    def put(self, key: str, data: bytes) -> None:
        """Write a small object; it appears whole or not at all."""
        self._ask(partial(self._quick.put_object, **self._named(key), Body=data))

    def upload(self, key: str, file: BinaryIO) -> None:
        """Write the rest of a file to an object, in parts; it appears whole or not at all."""
        start = file.tell()

        def send() -> None:
            file.seek(start)
            self._patient.upload_fileobj(Lent(file), Config=TRANSFER, **self._named(key))

        self._at_length(send)

    def copy(self, source: str, target: str) -> None:
        """Copy a small object within the bucket."""
        named = {"Bucket": self.name, "Key": self.prefix + source}
        copy = partial(self._patient.copy_object, CopySource=named)
        self._at_length(partial(copy, **self._named(target)))

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no fault."""
        self._ask(partial(self._quick.delete_object, **self._named(key)))

    def list(self, start: str) -> Iterator[tuple[str, int]]:
        """Yield key and size of all objects whose keys begin so, in the order of the keys."""
        for page in self._pages("list_objects_v2", start):
            for each in page.get("Contents", ()):
                yield each["Key"].removeprefix(self.prefix), int(each["Size"])

    def abort_uploads(self, older_than_s: float) -> None:
        """Throw away the parts of uploads that were begun long ago and never ended."""
        before = datetime.now(UTC) - timedelta(seconds=older_than_s)
        for page in self._pages("list_multipart_uploads", ""):
            for each in page.get("Uploads", ()):
                if each["Initiated"] < before:
                    named = {"Key": each["Key"], "UploadId": each["UploadId"]}
                    abort = partial(self._quick.abort_multipart_upload, Bucket=self.name, **named)
                    self._ask(partial(_or_none, abort))  # Somebody else may have been faster.

    def state(self) -> str:
        """Return `ok`, or a few words on what is wrong; never raise."""
        try:
            self._ask(partial(self._quick.head_bucket, Bucket=self.name))
        except Busy as busy:
            return busy.details.get("storage", "cannot be reached")
        return "ok"

    @cached_property
    def _quick(self) -> Any:
        """The client for small things, which somebody waits for unless we are patient."""
        read_timeout = PATIENT_READ_S if self._is_patient else READ_S
        return self._client(read_timeout, {"total_max_attempts": 1})

    @cached_property
    def _patient(self) -> Any:
        """The client for large things, after which a server may be busy for a while."""
        return self._client(PATIENT_READ_S, {"total_max_attempts": 3, "mode": "standard"})

    def _client(self, read_timeout: float, retries: dict[str, Any]) -> Any:
        config = Config(
            connect_timeout=CONNECT_S,
            read_timeout=read_timeout,
            retries=retries,
            max_pool_connections=CONNECTIONS,
            **(OF_OTHERS if self.endpoint else {}),
        )
        with self._lock:
            session = boto3.session.Session()
            return session.client("s3", endpoint_url=self.endpoint or None, config=config)

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": self.prefix + key}

    def _read(self, key: str, **options: str) -> bytes | None:
        found = _or_none(partial(self._quick.get_object, **self._named(key), **options))
        return None if found is None else bytes(found["Body"].read())

    def _pages(self, operation: str, start: str) -> Iterator[dict[str, Any]]:
        found = self._quick.get_paginator(operation).paginate(
            Bucket=self.name, Prefix=self.prefix + start
        )
        pages = iter(found)
        # A page that failed ends the iterator, so it cannot be asked for once more.
        while (page := self._ask(partial(next, pages, None), once=True)) is not None:
            yield page

    def _ask(self, call: Callable[[], T], *, once: bool = False) -> T:
        """Call, and again if that failed at once; raise Busy where the server is at fault."""
        with self._turn():
            return self._tell(call) if once else self._persist(call, again=True)

    def _at_length(self, call: Callable[[], object]) -> None:
        """Call what takes a while, for which nobody else is to wait."""
        try:
            self._persist(call, again=False)
        except AWAY as error:
            raise self._away(error) from error

    def _persist(self, call: Callable[[], T], *, again: bool) -> T:
        """Call, once more if that failed soon and may be, and if we are patient for long."""
        until = time.monotonic() + (PATIENCE_S if self._is_patient else SOON_S)
        while True:
            try:
                return self._tell(call)
            except AWAY:
                if not (again or self._is_patient) or time.monotonic() > until:
                    raise
            if self._is_patient:
                time.sleep(PAUSE_S)
            again = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let a call through; those to a server that was away just now one at a time.

        So nobody else waits for a server that does not answer, and one who asks finds it again.
        """
        failed_at, is_probe = self._failed_at, False
        if failed_at is not None:
            is_early = time.monotonic() - failed_at < LEAVE_ALONE_S
            is_probe = not is_early and self._probing.acquire(blocking=False)
            if not is_probe:
                raise Busy(OUT_OF_REACH)
        try:
            yield
            self._failed_at = None
        except AWAY as error:
            self._failed_at = time.monotonic()
            raise self._away(error) from error
        finally:
            if is_probe:
                self._probing.release()

    def _tell(self, call: Callable[[], T]) -> T:
        """Call, and say in our words what an operator has to put right."""
        try:
            return call()
        except NO_CREDENTIALS as error:
            raise self._useless("there are no credentials for it", error) from error
        except ClientError as error:
            status = int(error.response["ResponseMetadata"]["HTTPStatusCode"])
            if status >= 500 or status == 429:
                raise Failing(str(error)) from error
            code = error.response["Error"]["Code"]
            words = REASONS.get(code, "it refuses us")
            raise self._useless(f"{words} ({code})", error) from error

    def _away(self, error: Exception) -> Busy:
        log.warning("storage out of reach", reason=str(error))
        return Busy(OUT_OF_REACH)

    def _useless(self, reason: str, error: Exception) -> Busy:
        log.error("storage of no use", bucket=self.name, reason=str(error))
        return Busy("The storage cannot be used at the moment. Try again later.", storage=reason)


def _or_none(call: Callable[[], T]) -> T | None:
    """Call, or return None where there is no such object."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
