"""Label Studio's JSON: tasks with annotations and predictions, and its flat JSON_MIN."""

import re
from collections.abc import Iterable, Iterator
from itertools import count, groupby
from typing import Any, BinaryIO

import orjson

from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import shortest
from tagstore.formats.objects import a_list, a_number, a_text, an_object, items, loaded_document
from tagstore.formats.objects import without_nul as clean
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong
from tagstore.formats.text import head_lines

FROM, TO = "label", "audio"
"""What Label Studio's own template for sound calls the labels and the sound."""
LIMIT = re.compile(r"(low_hz|high_hz)=([0-9.]{1,40})")
LIMITS = re.compile(r"(?:low_hz|high_hz)=\S+(?: (?:low_hz|high_hz)=\S+)?")
OURS = "tagstore_"
"""Begins ids that stand for none."""
FLAT = {"annotation_id", "annotator", "lead_time"}
CANCELLED = "The annotation was cancelled."
NO_TAG = "The result is neither a region of sound nor a choice or text."


def fits(head: bytes) -> bool:
    """Tell whether names that only Label Studio gives stand in the first bytes."""
    text = "\n".join(head_lines(head)).lstrip()
    is_json = text.startswith(("[", "{"))
    return is_json and ('"from_name"' in text or all(f'"{name}"' in text for name in FLAT))


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield what annotations and predictions say; what has no line has the ordinal of its result.

    Results with one id are one region. Frequencies stand in the `meta` of a region as
    `low_hz=2000 high_hz=4500`, what else stands there is the comment. What we do not know of a
    region goes into `info`. Source: Label Studio, "Export annotations" and "Raw JSON format".
    """
    tasks = loaded_document(stream)
    if isinstance(tasks, Fault):
        yield tasks
        return
    ordinals = count(1)
    for task in tasks if isinstance(tasks, list) else [tasks]:
        ordinal = next(ordinals)
        try:
            regions = list(_regions(task))
        except Wrong as wrong:
            yield wrong.at(ordinal)
            continue
        for results, said in regions:
            yield from _items(ordinal, results, said)
            ordinal = next(ordinals)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a task for each recording; what is proposed becomes predictions of its source.

    A tag on a whole file becomes a choice. Rows come by recording.
    """
    between = b"["
    for number, (media, group) in enumerate(groupby(rows, key=lambda row: row.media), 1):
        predictions: dict[str, list[Any]] = {}
        results: list[Any] = []
        for ordinal, row in enumerate(group, 1):
            is_proposed = row.status == "proposed"
            into = predictions.setdefault(row.source, []) if is_proposed else results
            into += _results(row, f"{OURS}{ordinal}", about)
        task = {
            "id": number,
            "data": {TO: media or about.media.name},
            "annotations": [{"result": results}] if results else [],
            "predictions": [
                {"model_version": source, "result": each} for source, each in predictions.items()
            ],
        }
        yield between + b"\n" + orjson.dumps(task)
        between = b","
    yield b"[]\n" if between == b"[" else b"\n]\n"


def _regions(task: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield the results of each region of a task, with what the task says of all its regions."""
    data = an_object(task, "data") or task
    media = data.get(TO) or next((each for each in data.values() if isinstance(each, str)), None)
    said: dict[str, Any] = {"media": media if media and isinstance(media, str) else None}
    if data is task:
        yield from ((each, said) for each in _flat(task))
        return
    for each in a_list(task, "annotations"):
        if isinstance(each, dict) and each.get("was_cancelled"):
            yield [], said
        else:
            yield from ((group, said) for group in _by_id(a_list(each, "result")))
    for each in a_list(task, "predictions"):
        source = {"status": "proposed", "source": a_text(each, "model_version") or ""}
        yield from ((group, said | source) for group in _by_id(a_list(each, "result")))


def _by_id(results: list[Any]) -> Iterable[list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for ordinal, each in enumerate(results):
        name = each.get("id") if isinstance(each, dict) else None
        groups.setdefault(name if isinstance(name, str) else ordinal, []).append(each)
    return groups.values()


def _flat(task: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield results as the long form would have them."""
    for name, values in task.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                kind = next((key for key in ("labels", "choices", "text") if key in value), "")
                yield [{"from_name": name, "type": kind, "value": value}]


def _items(line: int, results: list[Any], said: dict[str, Any]) -> Iterator[Item]:
    if not results:
        yield Skipped(line, CANCELLED)
        return
    yield from items(line, _rows(line, results, said), NO_TAG)


def _rows(line: int, results: list[Any], said: dict[str, Any]) -> Iterator[Row]:
    """Yield a tag for each label of a region, or one with its text."""
    clean(results)
    kinds = {"labels": "labels", "choices": "choices", "textarea": "text", "text": "text"}
    found = {kind: each for each in results if (kind := kinds.get(a_text(each, "type") or ""))}
    main = next((found[kind] for kind in ("labels", "choices", "text") if kind in found), None)
    if main is None:
        return
    value = an_object(main, "value")
    kind = kinds[main["type"]]
    words = [each for each in a_list(value, kind) if isinstance(each, str)]
    others = [each for each in results if each is not main]
    channel = a_number(value, "channel")
    if channel is not None and (channel != int(channel) or channel < 0):
        raise Wrong("It is not a channel; they are counted from 0.", "channel")
    name = a_text(main, "id") or OURS
    fields: dict[str, Any] = {
        **said,
        **_meta([str(each) for each in a_list(an_object(main, "meta"), "text")]),
        "start_s": a_number(value, "start"),
        "end_s": a_number(value, "end"),
        "channel": None if channel is None else int(channel) + 1,
        "score": a_number(main, "score"),
        "info": _info(main, others, kind),
    }
    for number, word in enumerate(words or [None]):
        suffix = f":{number + 1}" if number else ""
        fields["external_id"] = None if name.startswith(OURS) else name + suffix
        fields["text" if kind == "text" else "label"] = word or None
        yield Row(line, **fields)
        fields["info"] = {}


def _meta(texts: list[str]) -> dict[str, Any]:
    """Return the frequencies and the comment that the meta of a region holds."""
    found: dict[str, Any] = {}
    comments = []
    for text in texts:
        if LIMITS.fullmatch(text):
            try:
                found |= {name: float(value) for name, value in LIMIT.findall(text)}
            except ValueError:
                raise Wrong("The frequencies cannot be read.", "meta") from None
        else:
            comments.append(text)
    return found | {"comment": "\n".join(comments) or None}


def _info(main: Any, others: list[Any], kind: str) -> dict[str, Any]:
    names = {"from_name": _from(kind), "to_name": TO}
    info = {key: main[key] for key, ours in names.items() if main.get(key, ours) != ours}
    return info | ({"results": others} if others else {})


def _from(kind: str) -> str:
    return {"choices": "choice", "text": "text"}.get(kind, FROM)


def _results(row: Row, name: str, about: About) -> list[Any]:
    """Return the results that a tag becomes: its own, and what its `info` adds."""
    is_region = row.start_s is not None
    kind = "text" if row.text else "labels" if is_region else "choices"
    words = [each for each in (row.label or row.text,) if each]
    value: dict[str, Any] = {"start": row.start_s, "end": row.end_s} if is_region else {}
    value |= {} if row.channel is None else {"channel": row.channel - 1}
    limits = {"low_hz": row.low_hz, "high_hz": row.high_hz}
    meta = [row.comment] if row.comment else []
    meta += [" ".join(f"{k}={shortest(v)}" for k, v in limits.items() if v is not None)]
    result = {
        "id": row.external_id or name,
        "from_name": row.info.get("from_name", _from(kind)),
        "to_name": row.info.get("to_name", TO),
        "type": "textarea" if kind == "text" else kind,
        "original_length": about.of(row.media).duration_s,
        "value": value | {kind: words},
        "meta": {"text": [text for text in meta if text]},
        "score": row.score,
    }
    others = row.info.get("results")
    said = {key: found for key, found in result.items() if found not in (None, {"text": []})}
    return [said, *(others if isinstance(others, list) else [])]


LABEL_STUDIO = Format(
    key="labelstudio",
    name="Label Studio JSON",
    suffix=".json",
    media_type="application/json",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.WHOLE_FILES, Feature.BOXES, Feature.ONE_SIDED),
            *(Feature.LABELS, Feature.TEXTS, Feature.WORDLESS, Feature.COMMENTS, Feature.SCORES),
            *(Feature.CHANNELS, Feature.IDS, Feature.MANY_MEDIA, Feature.OVERLAPS),
        }
    ),
)
