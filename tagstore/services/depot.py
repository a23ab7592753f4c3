"""What a process works with beside the database: its settings, its files and its decoders."""

from dataclasses import dataclass

from tagstore.config import Settings
from tagstore.media.sandbox import Sandbox
from tagstore.media.store import FolderStore

DECODERS = 2
DECODER_MEMORY = 2 * 2**30


@dataclass(frozen=True)
class Depot:
    """One process serves one data directory."""

    settings: Settings
    store: FolderStore


_open: list[Depot] = []
_sandbox: list[Sandbox] = []


def open_depot(settings: Settings) -> Depot:
    """Choose what this process works with from now on."""
    settings.media_dir.mkdir(parents=True, exist_ok=True)
    _open[:] = [Depot(settings, FolderStore(settings.media_dir))]
    return _open[0]


def depot() -> Depot:
    """Return what this process works with."""
    return _open[0]


def sandbox() -> Sandbox:
    """Return the child processes that decode, started when first needed."""
    if not _sandbox:
        _sandbox.append(Sandbox(DECODERS, DECODER_MEMORY))
    return _sandbox[0]
