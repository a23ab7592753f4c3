"""A tester that knows only the OpenAPI document asks for everything, as four kinds of people."""

import json
import os
import re
import threading
from collections import Counter
from dataclasses import replace
from itertools import chain

import pytest
import requests
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData
from werkzeug.serving import make_server

from tagstore.db import db
from tagstore.models import Project
from tests.web.api.described import DOCUMENT

WHOLE = os.environ.get("SOAK") == "1"
EXAMPLES = 200 if WHOLE else 3
EVERY_PHASE = ("examples", "coverage", "fuzzing", "stateful")
PHASES = EVERY_PHASE if WHOLE else ("examples", "fuzzing", "stateful")
NEVER_END = r"/(media|projects)/\{\w+\}/events$"
"""The two event streams, which tests/web/test_streams.py follows."""

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

TUS_VERSION_NEEDED = "Send the header Tus-Resumable: 1.0.0. Nothing was changed."
REFUSALS = {
    (412, TUS_VERSION_NEEDED),  # As tus has it.
    (413, "A form may have 1000 parts and 67108864 bytes in its fields."),
}
"""What the tester takes for no refusal."""

LOCKING_OUT = ["revoke_token", "edit_user"]
"""What may end the tester's own credential; asked for last, lest all else meets a stranger."""

UNSAYABLE = {
    "what was given out before": (
        r"Somebody changed this meanwhile\. Nothing was overwritten\.",
        "is malformed",  # A cursor names a place in one list, in one order.
        "belongs to another request",
    ),
    "which things are there": (
        r"There is no such (thing in this project|media file|tag|tag set|class)\.",
        "There is no such media file in this project.",
        "is not a (group|class) of the project",
        r"descends from (this tag|it)|A tag cannot descend from itself\.",
    ),
    "how two numbers or moments compare": (
        "Must be greater than or equal to 2000-01-01 .* or equal to 9000-01-01 .*",
        r"Must not be (before the start|below the lower frequency)\.",
        "must not be below the lowest",
        "must be (after the start(, in the sound)?|after start_s|before the end)",
        "must be above (the lower edge|low_hz, to [0-9.e+]+)",
        "must be the FFT size over 1, 2, 4, 8 or 16",
    ),
    "what a change meets": (r"A tag has both times, or neither\.",),
    "what two parameters say together": (
        r"Give project, media or track, one of them\.",
        "goes with darkest_db",
    ),
    "what a sound has": (
        "must be 1 to [0-9]+",
        "must be below [0-9.e+]+",
        r"The file ends at [0-9.e+]+ s\.",
    ),
    "what the bytes of a file are": (
        r"(?s:.*): This is not a sound, video or picture format that Tagstore reads\.",
    ),
    "what stands in JSON in a field of a form": (r"must be a JSON object",),
    "what stands in Base64": (
        "must be given, in Base64",
        "must be names, each once, and values in Base64",
        r"\S+ is not (in Base64|text in UTF-8 without NUL)",
    ),
    "how long a body is": (
        r"The file was announced with \d+ bytes; \d+ more after 0 are too many\. "
        r"Nothing of them was kept\.",
    ),
    "what a header that stands for the method says with others": (
        re.escape(TUS_VERSION_NEEDED),
        "must be a whole number, where in the file the bytes begin",
        r"Send application/offset\+octet-stream, not nothing\.",
    ),
    # It holds the number 0 to fit any pattern that starts with a word, as this header's does.
    "what the tester draws no value for": (
        r"Upload-Checksum is the name of an algorithm, a space, and Base64\.",
    ),
    "what the server was set to take": (r"The file is larger than \d+ bytes\.",),
    "what a key and a body say together": ("is not taken with a body of this type",),
    "what bytes hash to": (
        r"These \d+ bytes do not have the sha(1|256) that was sent with them\. "
        r"Nothing of them was kept; send them again\.",
    ),
    "what a character is": (
        "must have 1 to (100|200) characters",  # All of a user's name must print, for example.
        "must be names joined by slashes",
    ),
}
"""What no JSON schema says, and how the API says no to it, with these details."""

OF_SOME = r"(Tag [0-9]+( and [0-9]+ more)?: )?"
REASONS = re.compile(f"{OF_SOME}({'|'.join(each for some in UNSAYABLE.values() for each in some)})")


@pytest.fixture
def settings(settings):
    """Let the tester try bad credentials as often as it likes."""
    return replace(settings, rate_limits=False)


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


def asked_and_blamed(address, headers):
    """Return how often the tester asked for what, and what it blames."""
    asked, found = Counter(), set()
    for event in chain.from_iterable(asker.execute() for asker in askers(address, headers)):
        if isinstance(event, events.ScenarioFinished):
            asked[event.recorder.label] += len(event.recorder.interactions)
            found |= set(blamed(event.recorder))
        assert not isinstance(event, events.FatalError | events.NonFatalError), event
    return asked, found


def askers(address, headers):
    """Yield the tester, set to send these headers and to blame whatever can be blamed; twice."""
    schema = described(address, headers, PHASES)
    yield from_schema(schema.exclude(operation_id=LOCKING_OUT))
    me = requests.get(f"{address}/api/v1/me", headers=headers, timeout=60)
    assert me.status_code == (200 if headers else 401)
    schema = described(address, headers, [each for each in PHASES if each != "stateful"])
    yield from_schema(schema.include(operation_id=LOCKING_OUT))


def described(address, headers, phases):
    """Return what the document describes, to be asked for in these phases."""
    config = schemathesis.Config.from_dict(
        {
            "headers": headers,
            "continue-on-failure": True,
            "phases": {phase: {"enabled": phase in phases} for phase in EVERY_PHASE},
            "generation": {
                "max-examples": EXAMPLES,
                "database": "none",
                "deterministic": not WHOLE,
            },
        }
    )
    schema = schemathesis.openapi.from_url(f"{address}{DOCUMENT}", config=config)
    return schema.exclude(path_regex=NEVER_END)


def is_unsayable(failure, response):
    """Tell whether a refusal blames only what a schema could not have said, or surely is one."""
    if not isinstance(failure, AcceptedNegativeData | RejectedPositiveData):
        return False
    problem = json.loads(response.content)
    if isinstance(failure, AcceptedNegativeData):
        return (response.status_code, problem.get("detail")) in REFUSALS
    details = [each["detail"] for each in problem["errors"]] or [problem["detail"]]
    has_its_status = response.status_code in {400, 412, 413, 415, 422, 460}
    return has_its_status and all(map(REASONS.fullmatch, details))


def blamed(recorder):
    """Yield all that the tester blames, but refusals for reasons that no schema states."""
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            failure, response = check.failure_info.failure, recorder.interactions[case_id].response
            if not is_unsayable(failure, response):
                yield recorder.label, str(failure), response.content[:1000]


@pytest.mark.soak
@pytest.mark.parametrize("who", ["root", "ana", "vera", "stranger"])
def test_a_tester_that_knows_the_document_finds_nothing_to_blame(
    address, people, who, record_property
):
    asked, found = asked_and_blamed(address, people[who])

    record_property("requests", asked.total())
    assert found == set()
    assert len(asked) > 60
    assert min(asked.values()) > 0
