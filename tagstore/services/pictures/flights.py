"""Equal computations at the same time are done once, and all who ask get the result."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_under_way: dict[Hashable, "Future[object]"] = {}
_lock = threading.Lock()


def share(key: Hashable, compute: Callable[[], T]) -> T:
    """Return `compute()`, or what somebody else who asks for the same key gets just now."""
    with _lock:
        found = _under_way.get(key)
        mine: Future[object] = Future()
        if found is None:
            _under_way[key] = mine
    if found is not None:
        return found.result()  # type: ignore[return-value]
    try:
        result = compute()
    except BaseException as error:
        mine.set_exception(error)
        raise
    else:
        mine.set_result(result)
        return result
    finally:
        with _lock:
            del _under_way[key]
