"""What a server counts about itself, for whoever watches it."""

import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
    values,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
"""Whatever else clients call a method counts as `other`: they must not make up labels."""

REQUEST_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
WAIT_S = (0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the library keeps the counts of processes that count together."""

disable_created_metrics()  # When a series began would be another series for each.


class Counts:
    """All that a process counts."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry(auto_describe=True)
        self.requests = Counter(
            "tagstore_http_requests",
            "Requests that were answered, by edge, method and class of status.",
            ["edge", "method", "status"],
            registry=registry,
        )
        self.durations = Histogram(
            "tagstore_http_request_duration_seconds",
            "Time from a request's arrival in the application until its answer begins, by edge.",
            ["edge"],
            buckets=REQUEST_S,
            registry=registry,
        )
        self.tags = Counter(
            "tagstore_tags_written",
            "Tags that were added, edited, deleted or restored.",
            ["change"],
            registry=registry,
        )
        self.write_waits = Histogram(
            "tagstore_write_lock_wait_seconds",
            "Time that writers waited for SQLite's write lock; empty on PostgreSQL.",
            buckets=WAIT_S,
            registry=registry,
        )
        self.redis_failures = Counter(
            "tagstore_redis_failures",
            "Times that Redis did not answer or refused what it was asked; others did without it.",
            registry=registry,
        )
        self.followers = Gauge(
            "tagstore_followers",
            "Live streams of events that are open.",
            multiprocess_mode="livesum",
            registry=registry,
        )


_counts = Counts()


def count_together(folder: Path) -> None:
    """Count in an empty folder from now on, with all processes that this one starts."""
    global _counts
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.get_value_class()
    _counts = Counts()


def forget_process(pid: int) -> None:
    """Take what a process that has ended had open out of the common counts."""
    mark_process_dead(pid, os.environ[FOLDER])


def count_request(edge: str, method: str, status: int, duration_s: float) -> None:
    """Count one answered request."""
    method = method if method in METHODS else "other"
    _counts.requests.labels(edge, method, f"{status // 100}xx").inc()
    _counts.durations.labels(edge).observe(duration_s)


def count_tags(change: str, number: int) -> None:
    """Count tags that were written."""
    _counts.tags.labels(change).inc(number)


def time_of_writer() -> AbstractContextManager[object]:
    """Count how long the block waits for SQLite's write lock."""
    return _counts.write_waits.time()


def count_redis_failure() -> None:
    """Count one time that Redis was of no use."""
    _counts.redis_failures.inc()


def count_follower(number: int) -> None:
    """Count a live stream that was opened, 1, or closed, -1."""
    _counts.followers.inc(number)


def text(more: Sequence[Metric]) -> bytes:
    """Return all that was counted, and what was read just now, as Prometheus reads it."""
    return generate_latest(_Together(more))


class _Together(Collector):
    """What is counted, what the system knows of the processes that count, and then more."""

    def __init__(self, more: Sequence[Metric]) -> None:
        self._more = more

    def collect(self) -> Iterable[Metric]:
        """Yield one after the other."""
        folder = os.environ.get(FOLDER)
        if folder:
            yield from MultiProcessCollector(None, folder).collect()
        else:
            yield from _counts.registry.collect()
        yield from _processes(folder)
        yield from PlatformCollector(registry=None).collect()
        yield from self._more


def _processes(folder: str | None) -> Iterable[Metric]:
    """Return processor time, memory and open files, of all that count in the folder together."""
    names = Path(folder).glob("counter_*.db") if folder else []
    pids = [int(each.stem.partition("_")[2]) for each in names] or [os.getpid()]
    found: dict[str, Metric] = {}
    for pid in pids:
        for metric in ProcessCollector(pid=partial(int, pid), registry=None).collect():
            [sample] = metric.samples
            before = found.setdefault(metric.name, metric)
            if before is not metric:
                join = min if metric.name == "process_start_time_seconds" else sum
                value = join((before.samples[0].value, sample.value))
                before.samples = [sample._replace(value=value)]
    return found.values()
