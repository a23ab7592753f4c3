"""Things that happen at the same time, and waiting for them."""

import threading
import time
from contextlib import contextmanager

LONG_S = 60.0


def until(condition):
    """Wait until the condition holds; tests that need longer than this have failed."""
    end = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < end, "this never came about"
        time.sleep(0.001)


@contextmanager
def threads(*calls):
    """Run the calls side by side; what one raises fails the test."""
    raised = []

    def run(call):
        try:
            call()
        except BaseException as error:
            raised.append(error)

    running = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in running:
        thread.start()
    yield
    for thread in running:
        thread.join(LONG_S)
    assert raised == []
