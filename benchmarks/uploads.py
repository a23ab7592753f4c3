"""A recording in pieces over tus, and its bytes straight from a socket to the disk."""

import os
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks._table import show
from benchmarks.bulk import furnish
from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.services import projects
from tagstore.values import SYSTEM, Role
from tests import server
from tests.memory import most_resident_bytes
from tests.pieces import PIECE, Recording, Sender

SIZE, ROUNDS, READ_AT_ONCE = 2**29, 3, 1 << 20


def bare(folder: Path, recording: Recording) -> float:
    """Send the bytes over loopback to a file, put on disk after each piece; return the seconds."""
    listening = socket.create_server(("127.0.0.1", 0))

    def receive() -> None:
        connection, _ = listening.accept()
        with connection, (folder / "bare").open("wb", buffering=0) as file:
            done = 0
            while block := connection.recv(READ_AT_ONCE):
                file.write(block)
                done += len(block)
                if done // PIECE != (done - len(block)) // PIECE:
                    os.fdatasync(file.fileno())
            os.fsync(file.fileno())

    receiving = threading.Thread(target=receive)
    began = time.perf_counter()
    receiving.start()
    with socket.create_connection(listening.getsockname()) as connection:
        for piece in recording.pieces(PIECE):
            connection.sendall(piece)
    receiving.join()
    listening.close()
    return time.perf_counter() - began


def in_pieces(sender: Sender) -> tuple[float, float]:
    """Send a recording and return the seconds that it and its last piece took."""
    began, offset, last_s = time.perf_counter(), 0, 0.0
    sender.begin()
    while offset < sender.recording.size:
        piece_began = time.perf_counter()
        offset = sender.send(offset)
        last_s = time.perf_counter() - piece_began
    return time.perf_counter() - began, last_s


def allow(folder: Path) -> None:
    """Let the one who has a token manage the project."""
    app = create_app(Settings(data_dir=folder, log="json"))
    with app.app_context():
        with transaction(writing=True):
            projects.grant(SYSTEM, projects.get_project(SYSTEM, "frogs"), "ana", Role.MANAGER)
        db.engine.dispose()


def main() -> None:
    """Send some recordings each way and show the medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token = furnish(folder)["token"]
        allow(folder)
        running = server.start(folder, "--no-worker")
        try:
            rounds = []
            idle = 0
            for number in range(ROUNDS):
                recording = Recording(SIZE + 2 * number)
                sender = Sender(running.address, token, recording)
                idle = idle or most_resident_bytes(running.process.pid, decoders=False)
                rounds.append((*in_pieces(sender), bare(folder, recording)))
            more = (most_resident_bytes(running.process.pid, decoders=False) - idle) / 1e6
        finally:
            running.stop()
    taken, last_s, bare_s = map(statistics.median, zip(*rounds, strict=True))
    ratio = statistics.median(each / plain for each, _, plain in rounds)
    show(
        "uploads",
        [
            {"what": "in pieces of 16 MiB, MB/s", "measured": SIZE / 1e6 / taken, "at least": 80.0},
            {"what": "bare, with fsync, MB/s", "measured": SIZE / 1e6 / bare_s, "at least": ""},
            {"what": "in pieces is × bare", "measured": ratio, "at least": ""},
            {"what": "last piece and media file, s", "measured": last_s, "at least": ""},
            {"what": "web processes above idle, MB", "measured": more, "at least": ""},
        ],
    )


if __name__ == "__main__":
    main()
