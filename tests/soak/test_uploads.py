"""Recordings over lines that break, to servers that are killed: whole, fast, in little memory."""

import contextlib
import http.client
import os
import random
import sys
import threading
import time

import pytest
from sqlalchemy import func, select

from tagstore.db import db
from tagstore.models import MediaFile
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests import server
from tests.memory import forget_peaks, most_resident_bytes, resident_bytes
from tests.pieces import PIECE, Recording, Sender

pytestmark = pytest.mark.soak

WHOLE = bool(os.environ.get("SOAK"))
SIZE = 5 * 2**30 if WHOLE else 2**29
BREAKS = 20 if WHOLE else 5
LEAST_MB_S = 80 if WHOLE else 40
MOST_MB = 64
MIB = 1 << 20
KILLED_SIZE = 40 * MIB
KILLS = 30 if WHOLE else 6


def send_all(sender: Sender, breaks: list[int]) -> int:
    """Send everything, cutting the line when it comes to these bytes; return how often it was."""
    offset, cuts = sender.offset(), 0
    while offset < sender.recording.size:
        if breaks and breaks[0] < offset + PIECE:
            sender.break_off(offset, max(breaks.pop(0) - offset, 0))
            sender.hang_up()
            cuts += 1
            offset = sender.offset()
        else:
            offset = sender.send(offset)
    return cuts


@pytest.fixture
def token(app, work, make):
    with work():
        make.project("frogs", mo=Role.MANAGER)
        return make.token(users.get_user(SYSTEM, "mo"))


@pytest.mark.only("sqlite")  # It is about bytes; tests/web/api/test_v1_uploads.py asks both.
def test_a_long_recording_over_a_line_that_breaks_is_whole(token, settings, record_property):
    chance = random.Random(20260422)
    breaks = sorted(chance.randrange(SIZE) for _ in range(BREAKS))
    running = server.start_on(settings, "--no-worker")
    pid = running.process.pid
    first = Sender(running.address, token, Recording(PIECE))
    first.begin()
    send_all(first, [])
    recording = Recording(SIZE)
    sender = Sender(running.address, token, recording)
    idle = resident_bytes(pid)
    forget_peaks(pid)

    began = time.monotonic()
    sender.begin()
    cuts = send_all(sender, breaks)
    took_s = time.monotonic() - began
    above = (most_resident_bytes(pid) - idle) / 1e6
    fetched = sender.fetch_sha256()
    running.stop()

    mb_s = SIZE / 1e6 / took_s
    sys.stdout.write(f"{SIZE / 1e6:,.0f} MB, {cuts} cuts: {mb_s:.0f} MB/s, {above:.1f} MB more\n")
    record_property("MB/s", mb_s)
    record_property("MB above idle", above)
    assert cuts == BREAKS
    assert fetched == recording.sha256
    assert mb_s >= LEAST_MB_S
    assert above <= MOST_MB


def test_what_was_answered_survives_kills_between_and_within_pieces(token, settings, work):
    recording = Recording(KILLED_SIZE)
    running = server.start_on(settings, "--no-worker")
    sender = Sender(running.address, token, recording)
    sender.begin()
    chance = random.Random(20260423)
    offset = sender.send(0, MIB)

    for _ in range(KILLS):
        size = chance.randrange(1, KILLED_SIZE // KILLS)
        sent = threading.Thread(target=send_or_not, args=(sender, offset, size), daemon=True)
        sent.start()
        time.sleep(chance.uniform(0, 0.1))
        running.kill()
        sent.join()
        sender.hang_up()
        running.start_again()
        sender.host = running.address.removeprefix("http://")
        there = sender.offset()
        assert there in {offset, offset + size}
        offset = sender.send(there, MIB // 8)
    send_all(sender, [])
    fetched = sender.fetch_sha256()
    running.kill()

    assert fetched == recording.sha256
    assert media_files(work) == 1


def test_a_server_killed_while_it_finishes_has_finished_when_asked(token, settings, work):
    chance = random.Random(20260424)
    recording = Recording(PIECE)
    running = server.start_on(settings, "--no-worker")
    sender = Sender(running.address, token, recording)

    for number in range(KILLS // 2):
        sender.begin(filename=f"{number}.wav")
        sent = threading.Thread(target=send_or_not, args=(sender, 0, PIECE), daemon=True)
        sent.start()
        time.sleep(chance.uniform(0.02, 0.3))
        running.kill()
        sent.join()
        sender.hang_up()
        running.start_again()
        sender.host = running.address.removeprefix("http://")
        if sender.offset() == 0:
            sender.send(0)
        answer = sender.ask("HEAD", sender.place)
        sender.media = answer.headers["Media-Location"]
        assert sender.fetch_sha256() == recording.sha256
    running.kill()

    assert media_files(work) == 1
    assert list(settings.partials_dir.iterdir()) == []


def send_or_not(sender, offset, size):
    """Send a piece to a server that is about to be killed."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        sender.send(offset, size)


def media_files(work):
    with work():
        return db.session.scalar(select(func.count()).select_from(MediaFile))
