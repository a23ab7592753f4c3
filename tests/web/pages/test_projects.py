"""Projects: the list, a new one, the overview, the settings."""

import re

import pytest
from sqlalchemy import select

from tagstore.db import db, transaction
from tagstore.models import MediaFile
from tagstore.services import contents, projects, users, writes
from tagstore.values import SYSTEM, Audience, Role
from tagstore.web.api.eluvio.answers import tag_response


@pytest.fixture
def frogs(work, make):
    with work():
        project = make.project("frogs", ana=Role.MANAGER, vera=Role.VIEWER)
        make.tag(make.media_file(project, kind="audio", duration_s=7200.0))
        make.media_file(project, kind="audio", duration_s=None, state="failed", reason="Torn.")
        make.project("bats")


def test_one_sees_ones_own_projects_only(browser, frogs):
    browser.sign_in("vera")

    words = browser.words("/")

    assert ("frogs" in words, "bats" in words) == (True, False)


def test_a_stranger_is_sent_to_sign_in(browser, frogs):
    places = [browser.open(address).location for address in ("/", "/projects/frogs")]

    assert places == ["/login", "/login?next=/projects/frogs"]


def test_a_stranger_sees_public_projects(browser, work, make):
    with work():
        make.project("open").audience = Audience.WORLD

    answer = browser.open("/")

    assert (answer.status_code, "open" in answer.text) == (200, True)


def test_a_new_project_belongs_to_whoever_made_it(browser, work, make):
    with work():
        make.user("bo")
    browser.sign_in("bo")

    answer = browser.send("/projects", key="bats", name="Bats at the weir")

    assert answer.location == "/projects/bats"
    assert "bo you" in browser.words("/projects/bats/members")


def test_a_key_that_is_taken_is_refused_beside_its_field(browser, frogs):
    browser.sign_in("ana")

    answer = browser.send("/projects", key="frogs")

    assert answer.status_code == 422
    assert "is taken" in answer.text


def test_the_overview_counts_what_is_there(browser, frogs):
    browser.sign_in("vera")

    words = browser.words("/projects/frogs")

    counted = [part in words for part in ("recordings 2", "hours 2.0", "tags 1", "a fault 1")]
    assert counted == [True, True, True, True]


def test_a_manager_changes_name_and_audience(browser, frogs):
    browser.sign_in("ana")
    fields = {"name": "Frogs!", "description": "Seven ponds.", "audience": "world"}

    browser.send("/projects/frogs/settings", **fields)

    words = browser.words("/projects/frogs")
    assert [part in words for part in ("Frogs!", "Seven ponds.", "public")] == [True, True, True]


def test_a_viewer_has_no_settings(browser, frogs):
    browser.sign_in("vera")

    assert browser.open("/projects/frogs/settings").status_code == 403
    assert "Settings" not in browser.words("/projects/frogs")


def write_token_in(page):
    return re.search(r'id="new-write-token">(tqw__[^<]+)<', page)[1]


def test_a_write_token_is_shown_once_and_leads_to_its_folder(browser, work, frogs):
    browser.sign_in("ana")
    fields = {"name": "the editor", "destination": "frogs/{qid}", "expires_on": "2099-01-31"}

    answer = browser.send("/projects/frogs/write-tokens", part=True, **fields)

    secret = write_token_in(answer.text)
    page = browser.open("/projects/frogs/settings").text
    assert answer.status_code == 201
    assert answer.text.startswith('<section class="card" id="projects-write-tokens">')
    assert (secret in page, "frogs/{qid}" in page) == (False, True)
    with work():
        [token] = writes.list_write_tokens(SYSTEM)
        assert token.hint == secret[:10]
        assert token.expires_at.isoformat() == "2099-01-31T23:59:59.999999+00:00"


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("../frogs", "must be up to 8 names parted by /"),
        ("s3://b", "must be a folder below exports: S3 is not available on this server"),
        ("", "is required"),
    ],
)
def test_a_folder_that_will_not_do_is_refused_beside_its_field(browser, frogs, folder, reason):
    browser.sign_in("ana")
    fields = {"name": "the editor", "destination": folder}

    answer = browser.send("/projects/frogs/write-tokens", part=True, **fields)

    note = answer.text.partition('id="destination-note">')[2].partition("<")[0]
    assert answer.status_code == 422
    assert note.startswith(reason)


def test_a_revoked_write_token_is_gone(browser, frogs):
    browser.sign_in("ana")
    browser.send("/projects/frogs/write-tokens", name="the editor", destination="out")

    answer = browser.send("/projects/frogs/write-tokens/1/revoke")

    assert answer.location == "/projects/frogs/settings"
    assert "No write tokens yet." in browser.words("/projects/frogs/settings")


def test_a_write_token_of_another_project_is_nobodys_business_here(browser, frogs, work, make):
    browser.sign_in("ana")
    with work():
        bats = projects.get_project(SYSTEM, "bats")
        projects.grant(SYSTEM, bats, "ana", Role.MANAGER)
        writes.add_write_token(SYSTEM, bats, "theirs", "out")

    assert browser.send("/projects/frogs/write-tokens/1/revoke").status_code == 404
    assert browser.send("/projects/bats/write-tokens/1/revoke").status_code == 303


def test_a_viewer_makes_no_write_token(browser, frogs):
    browser.sign_in("vera")

    answer = browser.send("/projects/frogs/write-tokens", name="mine", destination="out")

    assert answer.status_code == 403


def test_the_overview_tells_who_wrote_tags(browser, app, work, frogs):
    with work():
        ana = users.get_user(SYSTEM, "ana").actor
        frogs_now = projects.get_project(SYSTEM, "frogs")
        secret = writes.add_write_token(SYSTEM, frogs_now, "the editor", "out")
        qid = db.session.scalar(select(MediaFile.qid).where(MediaFile.state == "ready"))
        name = contents.get_content(SYSTEM, qid).name
    browser.sign_in("ana")
    with app.app_context(), transaction(writing=False):
        writes.write_tags(ana, contents.get_content(SYSTEM, qid), secret, tag_response)

    assert f"ana wrote the tags of {name}" in browser.words("/projects/frogs")
