"""The OpenAPI document, made of what the operations themselves declare."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from tagstore.media.spectrogram import SPEC_NAME
from tagstore.values import LARGEST_INTEGER, PROJECT_KEY
from tagstore.web.api.v1.operations import JSON, Operation
from tagstore.web.api.v1.problems import PROBLEM, PROBLEM_TYPE, TITLES
from tagstore.web.api.v1.repeats import KEY
from tagstore.web.api.v1.rules import ANYTHING, IS_ANYTHING, Converter

PREFIX = "/api/v1"
KEPT = "tagstore.openapi"
MERGING = "application/merge-patch+json"

Described = dict[str, Any]

PARTS = re.compile(r"<(?:(\w+):)?(\w+)>")
NUMBER = {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST_INTEGER}
PLACES: dict[str, Described] = {
    "media_id": {
        "type": "string",
        "pattern": "^[0-9A-Za-z_]{1,44}$",
        "description": "The media file's number or its qid.",
    },
    "project_key": {
        "type": "string",
        "pattern": f"^{PROJECT_KEY.pattern}$",
        "description": "The project's key.",
    },
    "spec": {
        "type": "string",
        "pattern": f"^{SPEC_NAME.pattern}$",
        "description": "How it is computed, as n1024-h512-hann-c1.",
    },
    "form": {"type": "string", "enum": ["png", "zst"]},
    "track_id": {"type": "string", "format": "uuid"},
    "upload_id": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of what you have seen; 412 if it has changed since.",
    "schema": {"type": "string", "pattern": '^(\\*|(W/)?"[!#-~]*"|[0-9]{1,18})$'},
}
REPEATING = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key and request within 24 hours get the stored answer.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
HEADERS = {
    "ETag": "The version, for If-Match and If-None-Match.",
    "Location": "Where it is.",
    "Link": "Where the next page is, if there is one.",
    "WWW-Authenticate": "How to prove who asks.",
    "Retry-After": "After how many seconds to come back.",
}
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
    "password": {"type": "http", "scheme": "basic"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "tagstore",
        "description": "A browser's session; what changes something also sends X-CSRFToken.",
    },
}
SUCCESSES = {200: "As it is now.", 201: "Made.", 202: "Promised.", 204: "Done."}
ALWAYS = (400, 401, 406, 413, 422, 429, 503)
CHANGING = (403, 409)


class Describing(MarshmallowPlugin):
    """Describes our schemas as they describe themselves."""

    Converter = Converter


def document(app: Flask) -> Described:
    """Return the OpenAPI 3.1 document of everything that is there, made when first asked for."""
    if KEPT not in app.extensions:
        app.extensions[KEPT] = _made(app)
    kept: Described = app.extensions[KEPT]
    return kept


def _made(app: Flask) -> Described:
    plugin = Describing(schema_name_resolver=_name)
    spec = APISpec(
        title="Tagstore",
        version="1",
        openapi_version="3.1.0",
        info={"description": "Tags on sound, video and images: the store's own API."},
        plugins=[plugin],
        security=[{scheme: []} for scheme in SCHEMES],
    )
    converter: Any = plugin.converter
    for name, scheme in SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    spec.components.schema("Problem", PROBLEM)
    spec.components.schema(ANYTHING, IS_ANYTHING)
    for rule in sorted(app.url_map.iter_rules(), key=str):
        operation = vars(app.view_functions[rule.endpoint]).get("operation")
        if operation is not None:
            _add(spec, converter, rule, operation, app)
    made: Described = spec.to_dict()
    return made


def _name(schema: Any) -> str:
    """Return what a schema is called in the document."""
    name = type(schema).__name__.removesuffix("Schema").removeprefix("Shown")
    return f"{name}Changes" if schema.partial else name


def _add(spec: APISpec, converter: Any, rule: Rule, operation: Operation, app: Flask) -> None:
    path = PARTS.sub(r"{\2}", str(rule))
    view = app.view_functions[rule.endpoint]
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        described: Described = {
            "operationId": rule.endpoint.rpartition(".")[2],
            "summary": (view.__doc__ or "").partition("\n")[0],
            "tags": [str(rule).removeprefix(f"{PREFIX}/").partition("/")[0]],
            "parameters": _parameters(converter, rule, operation, method),
            "responses": _responses(rule, operation, method),
        }
        if body := _body(operation):
            described["requestBody"] = {"required": not operation.may_lack_body, "content": body}
        if method == "GET" and not operation.signed_in:
            described["security"] = [{}, *({scheme: []} for scheme in SCHEMES)]
        spec.path(path, operations={method.lower(): described})


def _parameters(converter: Any, rule: Rule, operation: Operation, method: str) -> list[Described]:
    found: list[Described] = [
        {"name": name, "in": "path", "required": True, "schema": _place(kind, name)}
        for kind, name in PARTS.findall(str(rule))
    ]
    found += converter.schema2parameters(operation.query, location="query")
    found += [
        {"name": name, "in": "header", **_header(said)} for name, said in operation.headers.items()
    ]
    return [
        *found,
        *([IF_MATCH] if operation.versioned else []),
        *([REPEATING] if method == "POST" else []),
    ]


def _header(said: str | Mapping[str, Any]) -> Described:
    if isinstance(said, str):
        return {"description": said, "schema": {"type": "string"}}
    return dict(said)


def _place(kind: str, name: str) -> Described:
    return NUMBER if kind == "int" else PLACES[name]


def _body(operation: Operation) -> Described:
    if operation.body is None:
        return {kind: {"schema": schema} for kind, schema in operation.takes.items()}
    return _content((JSON, *((MERGING,) if operation.body.partial else ())), operation.body)


def _content(kinds: Iterable[str], schema: Any) -> Described:
    return {kind: {"schema": schema} for kind in kinds}


def _responses(rule: Rule, operation: Operation, method: str) -> Described:
    statuses = {*ALWAYS, *(() if method == "GET" else CHANGING)}
    statuses |= {415} if operation.body or operation.takes else set()
    statuses |= {412} if operation.versioned else set()
    statuses |= {410} if method == "POST" else set()
    statuses |= {404} if rule.arguments or _names_things(operation) else set()
    found = {
        operation.success: _success(operation),
        **{status: _refusal(status) for status in statuses},
        **{status: _also(operation, status, words) for status, words in operation.also.items()},
    }
    if method == "GET" and operation.shows and operation.shows.has_version:
        found[304] = {"description": "Unchanged.", "headers": _headers("ETag")}
    return {str(status): found[status] for status in sorted(found)}


def _names_things(operation: Operation) -> bool:
    """Tell whether query or body speak of something that may not be there."""
    schemas = [each for each in (operation.query, operation.body) if each is not None]
    named = {name for schema in schemas for name in schema.fields}
    return bool(named & {"project", "media_id"} or operation.takes)


def _success(operation: Operation) -> Described:
    words = SUCCESSES[operation.success]
    if operation.gives:
        return {"description": words, "content": _content(operation.gives, {})}
    if operation.lists:
        content, headers = _content([JSON], _page(operation.lists)), _headers("Link", is_sure=False)
        return {"description": words, "headers": headers, "content": content}
    if operation.shows is None:
        return {"description": words}
    names = {"ETag": operation.shows.has_version, "Location": operation.success in {201, 202}}
    content = _content([JSON], operation.shows)
    return {
        "description": words,
        "headers": _headers(*(n for n in names if names[n])),
        "content": content,
    }


def _also(operation: Operation, status: int, words: str) -> Described:
    """Describe another outcome: a refusal, no content, or the same content for another reason."""
    if status >= 400:
        return {**_refusal(status), "description": words}
    if status == 304:
        return {"description": words}
    described = {**_success(operation), "description": words}
    if "headers" in described:
        described["headers"].pop("Location", None)
    return described


def _page(shape: Schema) -> Described:
    return {
        "type": "object",
        "required": ["items", "next", "total"],
        "additionalProperties": False,
        "properties": {
            "items": {"type": "array", "items": shape},
            "next": {"type": ["string", "null"], "description": "The cursor of the next page."},
            "total": {"type": ["integer", "null"], "minimum": 0},
        },
    }


def _refusal(status: int) -> Described:
    described: Described = {
        "description": TITLES[status],
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    names = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
    return {**described, "headers": _headers(names[status])} if status in names else described


def _headers(*names: str, is_sure: bool = True) -> Described:
    return {
        name: {"description": HEADERS[name], "required": is_sure, "schema": {"type": "string"}}
        for name in names
    }
