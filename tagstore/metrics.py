"""What this process counts about itself, for whoever watches it; each process counts apart."""

from collections.abc import Iterable, Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
"""Whatever else clients call a method counts as `other`: they must not make up labels."""

REQUEST_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
WAIT_S = (0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)

disable_created_metrics()  # When a series began would be another series for each.
REGISTRY = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

REQUESTS = Counter(
    "tagstore_http_requests",
    "Requests that were answered, by edge, method and class of status.",
    ["edge", "method", "status"],
    registry=REGISTRY,
)
DURATIONS = Histogram(
    "tagstore_http_request_duration_seconds",
    "Time from a request's arrival in the application until its answer begins, by edge.",
    ["edge"],
    buckets=REQUEST_S,
    registry=REGISTRY,
)
TAGS = Counter(
    "tagstore_tags_written",
    "Tags that were added, edited, deleted or restored.",
    ["change"],
    registry=REGISTRY,
)
WRITE_WAITS = Histogram(
    "tagstore_write_lock_wait_seconds",
    "Time that writers waited for SQLite's write lock; empty on PostgreSQL.",
    buckets=WAIT_S,
    registry=REGISTRY,
)
REDIS_FAILURES = Counter(
    "tagstore_redis_failures",
    "Times that Redis did not answer or refused what it was asked; others did without it.",
    registry=REGISTRY,
)


def count_request(edge: str, method: str, status: int, duration_s: float) -> None:
    """Count one answered request."""
    method = method if method in METHODS else "other"
    REQUESTS.labels(edge, method, f"{status // 100}xx").inc()
    DURATIONS.labels(edge).observe(duration_s)


def text(more: Sequence[Metric]) -> bytes:
    """Return all that was counted, and what was read just now, as Prometheus reads it."""
    return generate_latest(_Together(more))


class _Together(Collector):
    """What this process counted, and then more."""

    def __init__(self, more: Sequence[Metric]) -> None:
        self._more = more

    def collect(self) -> Iterable[Metric]:
        """Yield one after the other."""
        yield from REGISTRY.collect()
        yield from self._more
