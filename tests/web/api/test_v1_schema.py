"""A tester that knows only the OpenAPI document asks for everything, as four kinds of people."""

import os
import threading
from collections import Counter

import pytest
import schemathesis
from schemathesis.engine import events, from_schema
from werkzeug.serving import make_server

from tagstore.db import db
from tagstore.models import Project
from tests.web.api.described import DOCUMENT

WHOLE = os.environ.get("SOAK") == "1"
EXAMPLES = 200 if WHOLE else 5
PHASES = ["examples", "coverage", "fuzzing"] if WHOLE else ["examples", "fuzzing"]
NEVER_END = r"/(media|projects)/\{\w+\}/events$"
"""The two event streams, which tests/web/test_streams.py follows."""

REFUSED = ["2xx", "3xx", 400, 401, 403, 404, 409, 410, 412, 422, 429, 503]
"""What well-formed requests may be told: besides what schemas can say there are rules between
fields, such as that an end is not before a start, and versions that were never seen."""


@pytest.fixture
def people(api, work, make):
    """Put something of everything where the tester may find it, and add an administrator."""
    with work():
        project = db.session.get_one(Project, api.project_id)
        root = make.user("root", is_admin=True)
        api.tokens["root"] = make.token(root)
        media_file = make.media_file(project, kind="audio", sample_rate=48000, channels=1)
        for second in range(5):
            tag_class = make.tag_class(project)
            make.tag(media_file, root.actor, tag_class_id=tag_class.id, start_s=second, end_s=60)
    return {who: {"Authorization": f"Bearer {token}"} for who, token in api.tokens.items()} | {
        "stranger": {}
    }


@pytest.fixture
def address(app):
    """Serve the application to the tester, which looks for redirects only over a socket."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asker(address, headers):
    """Return the tester, set to send these headers and to blame whatever can be blamed."""
    phases = {phase: {"enabled": phase in PHASES} for phase in ("examples", "coverage", "fuzzing")}
    config = schemathesis.Config.from_dict(
        {
            "headers": headers,
            "continue-on-failure": True,
            "phases": {**phases, "stateful": {"enabled": False}},
            "checks": {"positive_data_acceptance": {"expected-statuses": REFUSED}},
            "generation": {
                "max-examples": EXAMPLES,
                "database": "none",
                "deterministic": not WHOLE,
            },
        }
    )
    schema = schemathesis.openapi.from_url(f"{address}{DOCUMENT}", config=config)
    return from_schema(schema.exclude(path_regex=NEVER_END))


@pytest.mark.soak
@pytest.mark.parametrize("who", ["root", "ana", "vera", "stranger"])
def test_a_tester_that_knows_the_document_finds_nothing_to_blame(address, people, who):
    asked, blamed = Counter(), set()

    for event in asker(address, people[who]).execute():
        if isinstance(event, events.ScenarioFinished):
            asked[event.recorder.label] += len(event.recorder.interactions)
            blamed |= {
                (event.recorder.label, str(check.failure_info.failure))
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            }
        assert not isinstance(event, events.FatalError | events.NonFatalError), event

    assert blamed == set()
    assert len(asked) > 60
    assert min(asked.values()) > 0
