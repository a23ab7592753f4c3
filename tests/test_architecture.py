"""The layers and house rules of docs/decisions/0001, kept by machine."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tagstore"
FILES = sorted(PACKAGE.rglob("*.py"))
CLIENT = ROOT / "clients" / "python" / "src" / "tagstore_client"
CLIENT_FILES = sorted(CLIENT.rglob("*.py"))
MOST_LINES_IN_A_FILE = 300
MOST_LINES_IN_A_FUNCTION = 40
MOST_FILES_IN_A_FOLDER = 25

BELOW = {
    "errors": set(),
    "values": set(),
    "clock": set(),
    "config": {"errors"},
    "logs": {"config"},
    "intents": set(),
    "waiting": set(),
    "metrics": set(),
    "write_lock": {"errors", "metrics", "waiting"},
    "sqlite": {"intents", "write_lock"},
    "postgres": {"intents"},
    "media": {"errors", "values"},
    "formats": {"errors", "values"},
    "db": {"clock", "errors", "intents", "postgres", "sqlite"},
    "prepared": {"db", "sqlite"},
    "models": {"db", "values"},
    "services": {
        *("errors", "values", "clock", "config", "metrics", "media", "formats", "db", "models"),
        *("prepared", "waiting"),
    },
    "worker": {"errors", "values", "clock", "config", "db", "models", "services"},
    "web": {
        *("errors", "values", "clock", "config", "metrics", "db", "models", "services"),
        *("media", "formats"),
    },
    "cli": {
        *("errors", "values", "clock", "config", "metrics", "waiting", "db", "models"),
        *("services", "worker"),
    },
}
"""For each layer, the layers it may import."""

WEB_LIBRARIES = {"flask", "werkzeug", "marshmallow", "wtforms", "flask_wtf", "flask_login"}


def layer(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the dotted names that a file imports, those for types only too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_point_down_only(path):
    if layer(path) in {"__init__", "wiring"}:
        pytest.skip("here all layers are wired together")
    ours = {each.split(".")[1] for each in imports(path) if each.startswith("tagstore.")}

    assert ours - BELOW[layer(path)] - {layer(path)} == set()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_the_edges_know_the_web(path):
    if layer(path) in {"web", "cli", "__init__", "wiring"}:
        pytest.skip("this is an edge")
    libraries = {each.split(".")[0] for each in imports(path)}
    allowed = {"flask"} if path == PACKAGE / "worker.py" else set()

    assert libraries & (WEB_LIBRARIES - allowed) == set()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_db_commits(path):
    commits = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]

    assert (commits == []) or path == PACKAGE / "db.py"


@pytest.mark.parametrize("path", sorted((PACKAGE / "web").rglob("*.py")), ids=name)
def test_in_web_only_app_and_failures_touch_the_database(path):
    found = {
        each
        for each in imports(path)
        if each.startswith(("sqlalchemy", "tagstore.db", "flask_sql"))
    }

    assert found == set() or path.name in {"app.py", "failures.py"}


@pytest.mark.parametrize("path", sorted((PACKAGE / "web" / "api").rglob("*.py")), ids=name)
def test_a_dialect_never_imports_another(path):
    parts = path.relative_to(PACKAGE / "web" / "api").parts
    if len(parts) == 1:
        pytest.skip("not inside a dialect")
    start = "tagstore.web.api."
    others = {each[len(start) :].split(".")[0] for each in imports(path) if each.startswith(start)}

    assert others - {parts[0], "base", "columns", "fields"} == set()


def test_services_never_import_flask_sqlalchemy_or_the_session_of_another_library():
    users = [name(path) for path in FILES if "flask_sqlalchemy.SQLAlchemy" in imports(path)]

    assert users == ["tagstore/db.py"]


@pytest.mark.parametrize("path", CLIENT_FILES, ids=name)
def test_the_client_stands_on_httpx_alone_and_asks_for_pandas_only_where_it_makes_frames(path):
    optional = {"pandas"} if path.name in {"frames.py", "lots.py"} else set()

    libraries = {each.split(".")[0] for each in imports(path)} - sys.stdlib_module_names

    assert libraries - {"tagstore_client", "httpx"} - optional == set()


@pytest.mark.parametrize("path", [*FILES, *CLIENT_FILES], ids=name)
def test_files_and_functions_stay_small(path):
    text = path.read_text()
    functions = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    }

    assert text.count("\n") <= MOST_LINES_IN_A_FILE
    assert {f: lines for f, lines in functions.items() if lines > MOST_LINES_IN_A_FUNCTION} == {}


def test_no_folder_grows_past_what_one_can_overlook():
    folders = {path.parent for path in [*FILES, *CLIENT_FILES]}

    assert [name(f) for f in folders if len(list(f.glob("*.py"))) > MOST_FILES_IN_A_FOLDER] == []


def test_nothing_is_called_by_what_it_is_not():
    vague = {"utils.py", "helpers.py", "common.py", "misc.py", "base_service.py"}

    assert [name(path) for path in FILES if path.name in vague] == []


AROUND_THE_DOOR = {
    *("request.data", "request.get_data", "request.json", "request.get_json"),
    *("request.is_json", "request.values", "request.query_string"),
    *("orjson.loads", "json.load", "json.loads"),
    *("parse_qs", "parse_qsl", "urllib.parse.parse_qs", "urllib.parse.parse_qsl"),
}
"""Ways to client bytes that `tagstore/web/door.py` alone may take.

`request.args`, `request.form` and `request.files` are the door themselves: see `door.Request`.
"""


@pytest.mark.parametrize("path", sorted((PACKAGE / "web").rglob("*.py")), ids=name)
def test_what_clients_send_comes_in_by_one_door(path):
    if path == PACKAGE / "web" / "door.py":
        pytest.skip("this is the door")
    said = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Name)
    }

    assert said & AROUND_THE_DOOR == set()
