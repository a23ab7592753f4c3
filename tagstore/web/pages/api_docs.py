"""The page that explains our own API, made of its OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tagstore.values import LARGEST_INTEGER
from tagstore.web.api.base import the_app
from tagstore.web.api.fields import NO_NUL
from tagstore.web.api.v1.document import document
from tagstore.web.api.v1.problems import PROBLEM_TYPE

LONGEST_FORM = 60
"""How much is shown of a pattern; the description says what it means."""

NAMES = "#/components/schemas/"
BOUNDS = (
    ("minimum", "from {}"),
    ("maximum", "to {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("maxItems", "at most {}"),
)

bp = Blueprint("api_docs", __name__)

Described = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What a value is: words before and behind the name of a shape that the page explains."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a shape."""

    name: str
    kind: Kind
    is_required: bool
    words: str


@dataclass(frozen=True)
class Act:
    """An operation."""

    noun: str
    name: str
    method: str
    path: str
    summary: str
    parameters: list[Field]
    takes: list[tuple[str, Kind]]
    answers: list[tuple[str, str, Kind | None]]
    refusals: list[tuple[str, str]]


@bp.get("/api/docs")
def show() -> ResponseReturnValue:
    """Explain our own API."""
    described = document(the_app())
    acts = sorted(_acts(described), key=lambda act: act.noun)
    nouns = {noun: list(those) for noun, those in groupby(acts, key=lambda act: act.noun)}
    shapes = {
        name: _fields(schema) for name, schema in sorted(described["components"]["schemas"].items())
    }
    return render_template("api/docs.html", nouns=nouns, shapes=shapes)


def _acts(described: Described) -> Iterator[Act]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            responses = operation["responses"].items()
            yield Act(
                operation["tags"][0],
                operation["operationId"],
                method.upper(),
                path,
                operation["summary"],
                [_parameter(each) for each in operation["parameters"]],
                _contents(operation.get("requestBody", {})),
                [_answer(*each) for each in responses if not _is_refusal(each[1])],
                [(status, each["description"]) for status, each in responses if _is_refusal(each)],
            )


def _is_refusal(described: Described) -> bool:
    return PROBLEM_TYPE in described.get("content", {})


def _parameter(described: Described) -> Field:
    where = "" if described["in"] == "query" else f" ({described['in']})"
    words = described.get("description", "")
    is_required = described.get("required", False)
    return Field(described["name"] + where, _kind(described["schema"]), is_required, words)


def _contents(described: Described) -> list[tuple[str, Kind]]:
    return [(kind, _kind(each["schema"])) for kind, each in described.get("content", {}).items()]


def _answer(status: str, described: Described) -> tuple[str, str, Kind | None]:
    contents = _contents(described)
    kinds = [kind for _, kind in contents if kind.shape or kind.words]
    bytes_only = Kind(", ".join(media_type for media_type, _ in contents)) if contents else None
    return status, described["description"], kinds[0] if kinds else bytes_only


def _fields(schema: Described) -> list[Field]:
    required = schema.get("required", ())
    if "properties" not in schema:
        return [Field("…", Kind("anything"), False, schema["description"])]
    return [
        Field(name, _kind(each), name in required, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]


def _kind(schema: Described) -> Kind:
    """Say in words what a schema allows."""
    if "$ref" in schema:
        return Kind("", schema["$ref"].removeprefix(NAMES))
    if "items" in schema.get("properties", {}):
        inner = _kind(schema["properties"]["items"]["items"])
        return Kind("a page of", inner.shape)
    if schema.get("type") == "array":
        inner = _kind(schema["items"])
        return Kind(f"list of {inner.words}".rstrip(), inner.shape)
    return Kind(_words(schema))


def _words(schema: Described) -> str:
    types = schema.get("type", [])
    names = [types] if isinstance(types, str) else list(types)
    if "enum" in schema:
        names = [str(each) if each is not None else "null" for each in schema["enum"]]
    form = schema.get("format") or schema.get("pattern")
    about = [] if form is None or form == NO_NUL["pattern"] else [_shortened(form)]
    about += [words.format(schema[bound]) for bound, words in BOUNDS if bound in schema]
    if abs(schema.get("maximum", 0)) == LARGEST_INTEGER:
        about = []
    said = " or ".join(names) if len(names) < 3 else ", ".join(names)
    return f"{said} ({', '.join(about)})" if about and said else said


def _shortened(form: str) -> str:
    return form if len(form) <= LONGEST_FORM else f"{form[:LONGEST_FORM]}…"
