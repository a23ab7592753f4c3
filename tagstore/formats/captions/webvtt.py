"""WebVTT: cues of plain text, or of JSON where a tag says more than words."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from tagstore.formats.captions.cues import (
    ARROW,
    EMPTY,
    NO_CUE,
    Cue,
    blocks,
    clock,
    cue,
    timed,
    unbroken,
)
from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import check
from tagstore.formats.objects import a_number, a_text, without_nul
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong
from tagstore.formats.text import head_lines

NOT_CUES = ("NOTE", "STYLE", "REGION")
MARKUP = re.compile(r"<[^<>]*+>")
SETTINGS = re.compile(r"[a-z]+:[^\s:>-]+(?: [a-z]+:[^\s:>-]+)*")
NAME, SETTING = "cue_id", "cue_settings"
"""Keys of `info` for what stands before and after the times of a cue."""
NUMBERS = ("low_hz", "high_hz", "score")


def fits(head: bytes) -> bool:
    """Tell whether the first line is WEBVTT, with or without words after it."""
    return next(iter(head_lines(head)), "").split()[:1] == ["WEBVTT"]


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the cues: JSON objects with `class`, `text`, `low_hz`, `high_hz`, `score`, or text.

    Markup is taken out of text. Source: WebVTT, W3C; metadata tracks hold one object a cue.
    """
    for number, block in enumerate(blocks(stream)):
        if isinstance(block, Fault):
            yield block
            continue
        first = block[0]
        if (number == 0 and first.text.startswith("WEBVTT")) or (
            first.text.split()[0] in NOT_CUES and not any(ARROW in line.text for line in block[:2])
        ):
            continue
        try:
            found = cue(block)
            yield _item(found) if found else Skipped(first.number, NO_CUE)
        except Wrong as wrong:
            yield wrong.at(first.number)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield cues by start; the words of a tag, or JSON if it has frequencies, a score or `info`."""
    yield b"WEBVTT"
    for start, end, cue_said in timed(rows, about, _said):
        name, settings, payload = cue_said.split("\n", 2)
        times = f"{clock(start, '.')} {ARROW} {clock(end, '.')}"
        said = [name] if name else []
        said += [f"{times} {settings}" if settings else times, payload]
        yield "".join(f"\n{line}" for line in ["", *said]).encode()
    yield b"\n"


def _item(found: Cue) -> Item:
    if not found.text:
        return Skipped(found.line, EMPTY)
    info = {key: said for key, said in ((NAME, found.name), (SETTING, found.settings)) if said}
    said = _object(found.text)
    if said is None:
        text = html.unescape(MARKUP.sub("", found.text)).strip()
        return check(Row(found.line, None, found.start_s, found.end_s, text=text, info=info))
    without_nul(said)
    numbers: dict[str, Any] = {key: a_number(said, key) for key in NUMBERS}
    row = Row(
        found.line,
        start_s=found.start_s,
        end_s=found.end_s,
        label=a_text(said, "class"),
        text=None if said.get("class") else a_text(said, "text"),
        info=info | {key: said[key] for key in said if key not in {*NUMBERS, "class", "text"}},
        **numbers,
    )
    return check(row)


def _object(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _said(row: Row) -> str:
    """Return the id, the settings and the payload of a cue, each on lines of its own."""
    info = dict(row.info)
    name, settings = str(info.pop(NAME, "")), str(info.pop(SETTING, ""))
    if not name.isprintable() or ARROW in name or name.startswith(NOT_CUES):
        name = ""
    settings = settings if SETTINGS.fullmatch(settings) else ""
    numbers = {key: getattr(row, key) for key in NUMBERS if getattr(row, key) is not None}
    words = row.label or row.text or ""
    if numbers or info or not words.strip() or words.startswith("{"):
        said = {"class": row.label} if row.label else {"text": row.text} if row.text else {}
        payload = orjson.dumps(said | numbers | info).decode().replace(ARROW, "--\\u003e")
    else:
        payload = html.escape(unbroken(words), quote=False)
    return f"{name}\n{settings}\n{payload}"


WEBVTT = Format(
    key="webvtt",
    name="WebVTT",
    suffix=".vtt",
    media_type="text/vtt",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {
            *(Feature.BOXES, Feature.ONE_SIDED, Feature.TEXTS, Feature.WORDLESS, Feature.SCORES),
            *(Feature.INFO, Feature.OVERLAPS),
        }
    ),
    resolution_s=0.001,
)
