"""Structured logs: one line a request, with its id, and never a credential."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from tagstore.config import Settings

SECRET = ("password", "token", "secret", "authorization", "cookie", "credential")
HIDDEN = "[hidden]"


def configure(settings: Settings, unknown: list[str]) -> None:
    """Send all logs to stderr, as text for people or as JSON for machines."""
    as_text = settings.log == "text" or (not settings.log and sys.stderr.isatty())
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if as_text
        else structlog.processors.JSONRenderer()
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_credentials,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s"
    )
    for name in unknown:
        structlog.get_logger().warning("unknown setting", variable=name)


def hide_credentials(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Blank every field whose name says that it holds a credential."""
    for name in line:
        if any(word in name.lower() for word in SECRET):
            line[name] = HIDDEN
    return line
