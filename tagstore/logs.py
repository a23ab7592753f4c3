"""Structured logs: one line a request, with its id, and never a credential."""

import logging
import re
import sys
from functools import lru_cache
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from tagstore.config import Settings

SECRET = ("password", "token", "secret", "authorization", "cookie", "credential")
HIDDEN = "[hidden]"
SIGNS = re.compile(r"[ =\">]|ts_|/login/")
"""One of these is in everything that looks like a credential; looking for them is quick."""

CREDENTIALS = re.compile(
    r"\bts_[A-Za-z0-9_-]{16,}"
    r"|(?<=/login/)[^/\s\"'?]+"
    r"|(?i:(?<=basic )|(?<=bearer )|(?<=authorization=)|(?<=token=)|(?<=password=)"
    r"|(?<=tagstore=)|(?<=pwd=)|(?<=apikey=))[^\s\"'&;]+"
    r'|(?i:(?<="pwd":)|(?<="apikey":)|(?<="password":))\s*"(?:[^"\\]|\\.)*"'
    r"|(?i:(?<=pwd>)|(?<=apikey>))[^<]+"
)
"""What looks like a credential, wherever it stands: tokens, one-time addresses, parameters."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class ToStderr(logging.Handler):
    """Writes what libraries log to where our own lines go."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; as any handler, never fail whoever logs."""
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


_handlers: list[logging.Handler] = []


def configure(settings: Settings, unknown: list[str]) -> None:
    """Send all logs to stderr, as text for people or as JSON for machines."""
    as_text = settings.log == "text" or (not settings.log and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ends: list[Processor] = [
        structlog.processors.format_exc_info,
        hide_credentials,
        _as_text() if as_text else structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[*shared, *ends],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    _take_over_other_logs(shared, ends)
    for name in unknown:
        structlog.get_logger().warning("unknown setting", variable=name)


def _as_text() -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _take_over_other_logs(shared: list[Processor], ends: list[Processor]) -> None:
    """Give what libraries log through Python's own logging the same shape."""
    handler = ToStderr()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[ProcessorFormatter.remove_processors_meta, *ends],
        )
    )
    root = logging.getLogger()
    for old in _handlers:
        root.removeHandler(old)
    _handlers[:] = [handler]
    root.addHandler(handler)
    root.setLevel(logging.WARNING)


def hide_credentials(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Blank what is a credential by its name or looks like one, and what forges lines."""
    for name, value in line.items():
        if _is_secret(name):
            line[name] = HIDDEN
        elif isinstance(value, str):
            shown = CREDENTIALS.sub(HIDDEN, value) if SIGNS.search(value) else value
            is_plain = name == "exception" or shown.isprintable()
            line[name] = shown if is_plain else CONTROL.sub(_escaped, shown)
    return line


@lru_cache(maxsize=256)
def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET)


def _escaped(match: re.Match[str]) -> str:
    return repr(match[0])[1:-1]
