"""What lists are asked for, as the address says it."""

import re

from flask import request

from tagstore.services.contents import RowQuery
from tagstore.web.api.eluvio.faults import Refused
from tagstore.web.api.eluvio.fields import number_of

WHOLE = re.compile(r"-?[0-9]{1,18}")
FLAGS = {"true": True, "1": True, "false": False, "0": False}
LIMIT, MOST = 1000, 1_000_000
LONGEST_TEXT = 1000


class Query:
    """Reads parameters one by one, and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []

    def check(self) -> None:
        """Refuse what was asked, if anything was wrong with it."""
        if self.faults:
            raise Refused(self.faults)

    def whole(self, name: str) -> int | None:
        """Return a whole number."""
        given = request.args.get(name)
        if given is None or WHOLE.fullmatch(given):
            return None if given is None else int(given)
        self.faults.append((name, "Must be a whole number."))
        return None

    def needed(self, name: str) -> str:
        """Return a text that must be there."""
        given = request.args.get(name)
        if given is None:
            self.faults.append((name, "Is needed."))
        return given or ""

    def flag(self, name: str) -> bool | None:
        """Return true or false."""
        given = request.args.get(name)
        if given is None or given.lower() in FLAGS:
            return None if given is None else FLAGS[given.lower()]
        self.faults.append((name, "Must be true or false."))
        return None

    def page(self) -> tuple[int, int]:
        """Return where the list is to start, and how many are wanted."""
        start, limit = self.whole("start"), self.whole("limit")
        if start is not None and start < 0:
            self.faults.append(("start", "Must be 0 or more."))
        if limit is not None and not 0 <= limit <= MOST:
            self.faults.append(("limit", f"Must be 0 to {MOST}."))
        return start or 0, LIMIT if limit is None else limit


def read_row_query() -> tuple[RowQuery, int, int]:
    """Return which tags are wanted, from where on and how many."""
    asked = Query()
    batch_id = request.args.get("batch_id")
    query = RowQuery(
        batch_id=None if batch_id is None else number_of(batch_id),
        start_ms_gte=asked.whole("start_time_gte"),
        start_ms_lte=asked.whole("start_time_lte"),
        end_ms_gte=asked.whole("end_time_gte"),
        end_ms_lte=asked.whole("end_time_lte"),
        track=request.args.get("track"),
        author=request.args.get("author"),
        text=request.args.get("text_contains"),
        has_frame=asked.flag("has_frame_info"),
    )
    if len(query.text or "") > LONGEST_TEXT:
        asked.faults.append(("text_contains", f"Must have at most {LONGEST_TEXT} characters."))
    start, limit = asked.page()
    asked.check()
    return query, start, limit
