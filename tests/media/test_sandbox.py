import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tagstore.errors import Busy, Invalid, TooMany, Unreadable
from tagstore.media.decode import write_proxy
from tagstore.media.probe import Facts, probe
from tagstore.media.sandbox import Sandbox
from tests import sounds

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox():
    sandbox = Sandbox(workers=2, memory_bytes=1 << 30)
    yield sandbox
    sandbox.close()


def double(number):
    return 2 * number


def nap(seconds):
    time.sleep(seconds)
    return os.getpid()


def spin():
    while True:
        pass


def hang_with_the_interpreter_locked():
    ctypes.PyDLL(None).sleep(60)


def crash():
    ctypes.string_at(0)


def leave():
    os._exit(3)


def shoot():
    os.kill(os.getpid(), signal.SIGKILL)


def hoard():
    return bytes(4 << 30)


def count(upto, pause_s=0.0):
    for number in range(upto):
        time.sleep(pause_s)
        yield number


def count_and_remember(upto, folder):
    try:
        for number in range(upto):
            yield number
    finally:
        (folder / "closed").write_text(str(number))


def count_then_crash(upto):
    yield from range(upto)
    crash()


def refuse():
    raise Invalid("That span runs backwards.", end_s="must not be before the start")


def put_off():
    raise TooMany("Too many attempts.", 30)


def stumble():
    return {}["missing"]


class Odd(Exception):
    def __init__(self, first, second):
        super().__init__(first)
        self.lock = threading.Lock()


def raise_something_odd():
    raise Odd(1, 2)


def loaded_modules():
    return sorted({name.split(".")[0] for name in sys.modules})


def noisy(text):
    os.write(1, text)
    os.write(2, text)
    return len(text)


def picture(rows, columns):
    return np.arange(rows * columns, dtype=np.uint8).reshape(rows, columns)


def ended(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def wait_until(true, seconds=5.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def test_results_of_every_kind_come_back(sandbox, tmp_path):
    path = sounds.write_sound(tmp_path / "20200404_102500.wav")

    facts = sandbox.run(probe, path, path.name)
    pixels = sandbox.run(picture, 512, 1024)

    assert sandbox.run(double, b"ab") == b"abab"
    assert facts == probe(path, path.name)
    assert isinstance(facts, Facts)
    assert np.array_equal(pixels, picture(512, 1024))


def test_our_errors_travel_with_their_details(sandbox):
    with pytest.raises(Invalid) as refusal:
        sandbox.run(refuse)
    with pytest.raises(TooMany) as delay:
        sandbox.run(put_off)

    assert refusal.value.message == "That span runs backwards."
    assert refusal.value.details == {"end_s": "must not be before the start"}
    assert delay.value.retry_after_s == 30


def test_other_errors_come_as_they_are_with_their_story(sandbox):
    with pytest.raises(KeyError) as mistake:
        sandbox.run(stumble)
    with pytest.raises(RuntimeError) as oddity:
        sandbox.run(raise_something_odd)

    assert "in stumble" in mistake.value.__notes__[0]
    assert str(oddity.value)[:3] == "Odd"


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (spin, "Decoding took longer than 0.5 s."),
        (hang_with_the_interpreter_locked, "Decoding took longer than 0.5 s."),
        (crash, "The file crashed its decoder (SIGSEGV)."),
        (leave, "The file crashed its decoder (exit code 3)."),
        (shoot, "Decoding was stopped by the system, most likely for lack of memory."),
        (hoard, "Decoding needs more than 1 GiB of memory."),
    ],
)
def test_a_child_in_trouble_is_replaced_and_the_reason_told(sandbox, function, reason):
    sandbox.run(double, 1)

    with pytest.raises(Unreadable) as trouble:
        sandbox.run(function, timeout_s=0.5)

    assert trouble.value.message == reason
    assert [sandbox.run(double, number) for number in range(4)] == [0, 2, 4, 6]


def test_a_child_that_dies_idle_is_replaced_unseen(sandbox):
    pids = {sandbox.run(nap, 0) for _ in range(4)}
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)

    fresh = sandbox.run(nap, 0)

    assert fresh not in pids


def test_children_load_neither_the_application_nor_the_callers_main(sandbox):
    modules = sandbox.run(loaded_modules)

    assert {"flask", "sqlalchemy", "werkzeug"} & set(modules) == set()


def test_what_a_decoder_prints_does_not_disturb(sandbox):
    assert sandbox.run(noisy, b"Warning: " * 1000) == 9000


def test_items_are_streamed(sandbox):
    assert list(sandbox.iterate(count, 1000)) == list(range(1000))
    assert list(sandbox.iterate(count, 0)) == []
    assert sandbox.run(double, 4) == 8


def test_items_come_while_the_child_still_works(sandbox):
    first = next(sandbox.iterate(count, 1_000_000, 0.2))

    assert first == 0


def test_who_stops_early_stops_the_generator_and_keeps_the_child(sandbox, tmp_path):
    lone = Sandbox(workers=1)
    pid = lone.run(nap, 0)

    items = lone.iterate(count_and_remember, 1_000_000, tmp_path)
    taken = [next(items) for _ in range(5)]
    items.close()

    assert (taken, lone.run(nap, 0)) == ([0, 1, 2, 3, 4], pid)
    assert int((tmp_path / "closed").read_text()) < 10
    lone.close()


def test_the_time_limit_holds_for_each_item(sandbox):
    assert list(sandbox.iterate(count, 4, 0.3, timeout_s=0.8)) == [0, 1, 2, 3]
    with pytest.raises(Unreadable) as late:
        list(sandbox.iterate(count, 4, 2.0, timeout_s=0.3))

    assert late.value.message == "Decoding took longer than 0.3 s."


def test_a_stream_that_crashes_tells_so_after_its_items(sandbox):
    items = sandbox.iterate(count_then_crash, 3)

    taken = [next(items) for _ in range(3)]
    with pytest.raises(Unreadable) as trouble:
        next(items)

    assert taken == [0, 1, 2]
    assert trouble.value.message == "The file crashed its decoder (SIGSEGV)."


def test_a_proxy_is_written_in_a_child(sandbox, tmp_path):
    source = sounds.write_film(tmp_path / "film", "mp4")

    progress = list(sandbox.iterate(write_proxy, source, tmp_path / "proxy"))

    assert (progress[-1], probe(tmp_path / "proxy", "").format) == (1.0, "FLAC")


def test_hundreds_of_threads_all_get_their_own_answer(sandbox):
    answers = {}
    threads = [
        threading.Thread(target=lambda n=n: answers.update({n: sandbox.run(double, n)}))
        for n in range(300)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {n: 2 * n for n in range(300)}


def test_first_come_is_first_served():
    lone = Sandbox(workers=1)
    lone.run(double, 1)
    order = []

    def ask(number):
        lone.run(nap, 0.02)
        order.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
        time.sleep(0.005)
    for thread in threads:
        thread.join()

    assert order == list(range(10))
    lone.close()


def test_a_queue_that_is_full_says_busy():
    lone = Sandbox(workers=1, queue=1)
    threads = [threading.Thread(target=lone.run, args=(nap, 1.0)) for _ in range(2)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)

    with pytest.raises(Busy):
        lone.run(double, 1)

    for thread in threads:
        thread.join()
    lone.close()


def test_warm_children_have_imported_before_they_are_asked():
    warm = Sandbox(workers=2)
    warm.warm(["tagstore.media.probe", "scipy.fft"])
    warm.run(double, 1)

    modules = warm.run(loaded_modules)

    assert "scipy" in modules
    warm.close()


def test_a_module_that_cannot_be_imported_is_told():
    broken = Sandbox(workers=1)
    broken.warm(["tagstore.media.no_such_module"])

    with pytest.raises(ModuleNotFoundError):
        broken.run(double, 1)

    broken.close()


def test_closing_ends_the_children_and_refuses_the_waiting():
    closing = Sandbox(workers=1)
    pid = closing.run(nap, 0)
    outcomes = []

    def ask(seconds):
        try:
            outcomes.append(closing.run(nap, seconds))
        except (Busy, Unreadable) as refusal:
            outcomes.append(type(refusal).__name__)

    threads = [threading.Thread(target=ask, args=(30,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    closing.close()
    for thread in threads:
        thread.join(timeout=5)

    assert (ended(pid), sorted(outcomes)) == (True, ["Busy", "Busy", "Unreadable"])
    with pytest.raises(Busy):
        closing.run(double, 1)


PARENT = """
import threading, time
from tagstore.media.sandbox import Sandbox
from tests.media import test_sandbox as t
box = Sandbox(workers=3)
for function in (t.spin, t.hang_with_the_interpreter_locked):
    threading.Thread(target=box.run, args=(function,), daemon=True).start()
time.sleep(0.5)
box.run(t.double, 1)
print(*(child._process.pid for child in box._children), flush=True)
time.sleep(60)
"""


def test_children_die_with_a_parent_that_is_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pids = parent.stdout.readline().split()
    alive = [ended(pid) for pid in pids]

    parent.kill()
    parent.wait()

    assert alive == [False, False, False]
    assert wait_until(lambda: all(ended(pid) for pid in pids))
    parent.stdout.close()


def test_a_large_result_comes_whole():
    lone = Sandbox(workers=1)

    assert np.array_equal(lone.run(picture, 512, 1024), picture(512, 1024))
    lone.close()
