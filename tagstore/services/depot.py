"""What a process works with beside the database: its settings, its files and its decoders."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tagstore import waiting
from tagstore.config import Settings
from tagstore.media.sandbox import Sandbox
from tagstore.media.store import Store
from tagstore.media.stores.folder import FolderStore

if TYPE_CHECKING:
    from tagstore.media.stores.bucket import Bucket

DECODERS = 2
DECODER_MEMORY = 2 * 2**30
ERRANDS = ["tagstore.media.errands", "scipy.fft"]
"""What decoders import before they are first asked."""


@dataclass(frozen=True)
class Depot:
    """One process serves one data directory."""

    settings: Settings
    store: Store


_open: list[Depot] = []
_sandbox: list[Sandbox] = []
_starting = threading.Lock()


def open_depot(settings: Settings) -> Depot:
    """Choose what this process works with from now on."""
    _open[:] = [Depot(settings, open_store(settings))]
    return _open[0]


def open_store(settings: Settings, *, patient: bool = False) -> Store:
    """Return the store that the settings name; a patient one waits for a server that is away."""
    if settings.bucket is None:
        settings.media_dir.mkdir(parents=True, exist_ok=True)
        return FolderStore(settings.media_dir)
    from tagstore.media.stores.s3 import S3Store

    return S3Store(open_bucket(settings, *settings.bucket, patient=patient), settings.scratch_dir)


def open_bucket(settings: Settings, name: str, prefix: str, *, patient: bool = False) -> "Bucket":
    """Return a place in S3; only who uses it pays for what it takes to import."""
    from tagstore.media.stores.bucket import Bucket

    return Bucket(name, prefix, settings.s3_endpoint, patient=patient)


def depot() -> Depot:
    """Return what this process works with."""
    return _open[0]


def sandbox() -> Sandbox:
    """Return the child processes that decode, started when first needed, to wait for one."""
    waiting.begins()
    with _starting:
        if not _sandbox:
            _sandbox.append(Sandbox(DECODERS, DECODER_MEMORY, answer=_answer))
            _sandbox[0].warm(ERRANDS)
        return _sandbox[0]


def _answer(name: str, arguments: tuple[Any, ...]) -> bytes:
    """Do what a decoder asks for, with the store of now."""
    return depot().store.answer(name, arguments)


def close() -> None:
    """End the child processes; the next call of sandbox() starts new ones."""
    with _starting:
        while _sandbox:
            _sandbox.pop().close()
