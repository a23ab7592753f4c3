"""PostgreSQL: texts in the same order, turns that nobody jumps, a server that comes and goes."""

import json
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import select, text

from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, take_turn, transaction
from tagstore.models import Event, Project
from tagstore.services import events, users
from tagstore.values import SYSTEM, Role
from tests import server
from tests.postgres import EMPTY, PostgresServer
from tests.side_by_side import threads

pytestmark = pytest.mark.only("postgresql")

LONGEST_S = 5.0
SOON_S = 2.0


def test_texts_are_in_the_order_of_their_code_points_whatever_order_the_database_has(app, work):
    with work():
        others = db.session.scalars(
            text(
                "SELECT attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
                "JOIN pg_collation ON pg_collation.oid = attcollation "
                "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
                "AND NOT attisdropped AND collname <> 'C'"
            )
        ).all()

    assert others == []


def test_events_of_a_project_appear_in_the_order_of_their_numbers(app, work, make):
    with work():
        project_id = make.project("frogs").id
    begun, go_on, order = threading.Event(), threading.Event(), []

    def slow():
        with work():
            events.record(SYSTEM, "slow", project=db.session.get(Project, project_id))
            db.session.flush()
            begun.set()
            assert go_on.wait(LONGEST_S)
        order.append("slow")

    def quick():
        begun.wait(LONGEST_S)
        with work():
            events.record(SYSTEM, "quick", project=db.session.get(Project, project_id))
        order.append("quick")

    def other():
        begun.wait(LONGEST_S)
        with work():
            events.record(SYSTEM, "other")
        order.append("other")
        go_on.set()

    with threads(slow, quick, other):
        pass

    with work():
        kinds = list(db.session.scalars(select(Event.kind).order_by(Event.seq)))
    assert kinds[-3:].index("slow") < kinds[-3:].index("quick")
    assert order.index("other") < order.index("quick")


def test_a_turn_is_had_once_and_ends_with_what_is_undone(app, work, make):
    with work():
        number = make.project("frogs").id
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"

    with work():
        take_turn(number)
        take_turn(number)
        first = db.session.scalar(text(held))
        db.session.rollback()
        after = db.session.scalar(text(held))

    assert (first, after) == (1, 0)


def test_two_who_are_in_each_others_way_both_succeed(own_app, work, make):
    with work():
        numbers = [make.project(key).id for key in ("frogs", "birds")]
    tries, both = [], threading.Barrier(2, timeout=LONGEST_S)

    def view(first, second):
        def rename():
            tries.append(first)
            for number in (first, second):
                query = select(Project).where(Project.id == number).with_for_update()
                db.session.scalars(query).one()
                if len(tries) <= 2 and number == first:
                    both.wait()
            return {"done": first}

        return rename

    own_app.add_url_rule("/a", "a", view(*numbers), methods=["POST"])
    own_app.add_url_rule("/b", "b", view(*reversed(numbers)), methods=["POST"])
    own_app.config["WTF_CSRF_ENABLED"] = False
    answers = []

    with threads(
        lambda: answers.append(own_app.test_client().post("/a").status_code),
        lambda: answers.append(own_app.test_client().post("/b").status_code),
    ):
        pass

    assert answers == [200, 200]
    assert len(tries) > 2  # Whoever tries again may be in the way once more.


@pytest.fixture(scope="module")
def other_server():
    """A server that may be stopped without disturbing other tests."""
    server = PostgresServer()
    yield server
    server.destroy()


@pytest.fixture
def house(other_server, tmp_path, make):
    """A store on that server, with a token of somebody who may tag."""
    if not hasattr(other_server, "is_made"):
        other_server.execute("CREATE DATABASE {}", EMPTY)
        other_server.is_made = True
    url = other_server.url(EMPTY)
    app = create_app(Settings(data_dir=tmp_path / "data", database_url=url, log="json"))
    app.test_cli_runner().invoke(args=["db", "upgrade"])
    other_server.wipe(EMPTY)
    with app.app_context(), transaction(writing=True):
        project = make.project("frogs", ana=Role.MANAGER)
        media_file = make.media_file(project)
        token = make.token(users.get_user(SYSTEM, "ana"))
        found = {"media": media_file.id, "set": make.tag_set(project).id, "qid": media_file.qid}
        found |= {"project": project.id}
    yield app, token, found
    with app.app_context():
        db.engine.dispose()


def doors(found):
    """Return a request on every wire and for a page, and the type of what is said when it fails."""
    problem, plain = "application/problem+json", "application/json"
    return {
        "v1": ("GET", f"/api/v1/media/{found['media']}/tags", problem),
        "arlo": ("GET", "/api/v0/project/", plain),
        "bedrock": ("GET", "/tags", problem),
        "pixelshare": ("POST", "/api/Tags/Search", plain),
        "dis": ("GET", f"/v2/{found['project']}/stream/tags", plain),
        "eluvio": ("GET", f"/{found['qid']}/tracks", plain),
        "page": ("GET", "/", "text/html"),
    }


def ask(app, token, method, path):
    """Return status, type, Retry-After and seconds of an answer."""
    began = time.monotonic()
    headers = {"Authorization": f"Bearer {token}", "X-Auth-Token": token}
    body = {"Credentials": {"Token": token}} if method == "POST" else None
    answer = app.test_client().open(path, method=method, headers=headers, json=body)
    took_s = time.monotonic() - began
    return answer.status_code, answer.mimetype, answer.headers.get("Retry-After"), took_s


def test_without_its_database_every_wire_says_so_soon_and_is_well_again_after(house, other_server):
    app, token, found = house
    wanted = doors(found)
    before = {name: ask(app, token, *each[:2])[:3] for name, each in wanted.items()}

    other_server.stop()
    away = {name: ask(app, token, *each[:2]) for name, each in wanted.items()}
    ready = app.test_client().get("/readyz")
    alive = app.test_client().get("/healthz").status_code
    watched = app.test_client().get("/metrics")
    other_server.start()
    after = {name: ask(app, token, *each[:2])[:3] for name, each in wanted.items()}

    assert {name: each[:3] for name, each in away.items()} == {
        name: (503, kind, "2") for name, (_, _, kind) in wanted.items()
    }
    assert max(each[3] for each in away.values()) < SOON_S
    assert (ready.status_code, ready.json["dependencies"]["database"]) == (503, "cannot be reached")
    assert alive == 200
    assert (watched.status_code, "tagstore_database_up 0.0" in watched.text) == (200, True)
    assert after == before
    assert {each[0] for each in before.values()} == {200, 302}


def test_a_server_that_neither_answers_nor_hangs_up_is_not_waited_for(house, other_server):
    app, token, found = house
    door = doors(found)["v1"][:2]
    before = ask(app, token, *door)[0]

    other_server.freeze()
    try:
        answers = []
        calls = [lambda: answers.append(ask(app, token, *door))] * 30
        with threads(*calls):
            pass
    finally:
        other_server.thaw()
    after = ask(app, token, *door)[0]

    assert {each[0] for each in answers} == {503}
    assert max(each[3] for each in answers) < LONGEST_S
    assert (before, after) == (200, 200)


def test_a_slow_statement_of_a_server_that_lives_is_waited_for(app, work):
    with work():
        slept = db.session.scalar(text("SELECT pg_sleep(3.5)::text"))

    assert slept == ""


def test_a_command_without_its_database_ends_with_one_line(house, other_server):
    app, _, _ = house

    other_server.stop()
    ended = app.test_cli_runner().invoke(args=["users", "list"])
    other_server.start()

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.startswith("The database cannot be reached: ")


def test_a_database_that_is_not_in_unicode_is_refused_in_one_line(postgres_server, tmp_path):
    postgres_server.execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'SQL_ASCII'", "ascii")
    url = postgres_server.url("ascii")

    done = run_flask_badly(tmp_path / "data", "users", "list", TAGSTORE_DATABASE_URL=url)

    words = "The database cannot be reached: the database has to be in UTF-8, not SQL_ASCII\n"
    assert done == (1, "", words)


def test_in_a_database_without_tables_one_is_told_what_to_do(postgres_server, tmp_path):
    postgres_server.execute("CREATE DATABASE {}", "bare")
    url = postgres_server.url("bare")

    done = run_flask_badly(tmp_path / "data", "users", "list", TAGSTORE_DATABASE_URL=url)

    assert done == (1, "", "There is no database here yet. Run `flask db upgrade` first.\n")


def test_a_server_does_not_start_without_its_database_and_says_so_in_one_line(tmp_path):
    url = f"postgresql://nobody@/nothing?host={tmp_path}"

    status, out, words = run_flask_badly(tmp_path / "data", "serve", TAGSTORE_DATABASE_URL=url)

    assert (status, out) == (1, "")
    assert words.startswith("The database cannot be reached: ")


def run_flask_badly(data_dir, *arguments, **settings):
    """Run a command that ends with a fault; return its status and what it wrote."""
    ended = subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=server.ROOT,
        env=server.environment(data_dir, TAGSTORE_BIND="127.0.0.1:0", **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_the_first_start_makes_the_demo_and_the_second_finds_it(postgres_server, tmp_path):
    postgres_server.execute("CREATE DATABASE {}", "demo")
    url = postgres_server.url("demo")
    first = server.start(tmp_path, "--no-worker", TAGSTORE_DEMO="1", TAGSTORE_DATABASE_URL=url)
    try:
        assert first.said("password  (.+)")
        assert first.address
        listed = server.run_flask(
            tmp_path, "media", "list", "--project", "demo", TAGSTORE_DATABASE_URL=url
        )
        found = server.run_flask(tmp_path, "doctor", "--json", TAGSTORE_DATABASE_URL=url)
    finally:
        assert first.stop() == 0
    second = server.start(tmp_path, "--no-worker", TAGSTORE_DEMO="1", TAGSTORE_DATABASE_URL=url)
    try:
        assert second.address
        assert [line for line in second.lines if "password" in line] == []
    finally:
        assert second.stop() == 0

    assert len(listed.splitlines()) == 5
    assert {json.loads(line)["state"] for line in found.splitlines()} == {"ok"}
