"""The work that was promised, for administrators."""

import importlib
import re
from datetime import timedelta

import pytest

from tagstore import clock, worker
from tagstore.db import db
from tagstore.models import Job
from tagstore.services import media_files
from tagstore.services.jobs import later, promises, queue
from tagstore.services.jobs.purging import purge
from tagstore.services.media_files.work import draw_pictures
from tagstore.values import SYSTEM, Role
from tagstore.web.pages.jobs import WORK
from tests.web.pages.conftest import text_of

ROW = re.compile(r'<tr id="job-(\d+)">.*?</tr>', re.DOTALL)


@pytest.fixture(autouse=True)
def people(work, make, browser):
    with work():
        make.user("root", is_admin=True)
        make.project("frogs", ana=Role.MANAGER)
    browser.sign_in("root")


@pytest.fixture
def promised(work):
    """Promise a job, let it be what is said, and return its number."""

    def promised(priority=0, **changes):
        with work():
            job_id = later(purge, priority=priority)
            for name, value in changes.items():
                setattr(db.session.get_one(Job, job_id), name, value)
        return job_id

    return promised


@pytest.fixture
def state(work):
    """Return what is stored about a job."""

    def state(job_id):
        with work():
            job = db.session.get_one(Job, job_id)
            return job.state, job.tries, job.progress, job.message

    return state


def failed(message="The disk is full."):
    return {"state": "failed", "tries": 3, "message": message, "finished_at": clock.now()}


def running(progress):
    until = clock.now() + timedelta(seconds=30)
    held = {"holder": "somebody", "lease_until": until, "started_at": clock.now()}
    return {"state": "running", "tries": 1, "progress": progress, **held}


def rows(browser, address="/admin/jobs"):
    """Return what is read in each row, by the number of its job, in the order of the list."""
    found = ROW.finditer(browser.open(address).text)
    return {int(match[1]): text_of(match[0]) for match in found}


def test_open_jobs_come_first_and_what_waits_as_it_will_be_taken(browser, promised):
    old = promised(**failed())
    later_one, busy = promised(), promised(**running(0.5))
    first, done = promised(priority=10), promised(state="done", finished_at=clock.now())

    assert list(rows(browser)) == [busy, first, later_one, done, old]


def test_a_row_says_what_is_done_to_what_how_far_it_is_and_when(browser, work, make, promised):
    with work():
        media_file = make.media_file(make.project("birds"), name="pond.wav")
        job_id = later(draw_pictures, media_file=media_file, media_file_id=1, spec="")
        job = db.session.get_one(Job, job_id)
        for name, value in (running(0.456) | {"message": "level 3"}).items():
            setattr(job, name, value)
        began = job.started_at

    page = browser.open("/admin/jobs").text

    assert rows(browser)[job_id] == (
        "Draw the spectrogram running 46 % level 3 pond.wav birds 1 "
        f"began {began.day} {began:%b %Y %H:%M} UTC Cancel"
    )
    assert '<a href="/media/1">pond.wav</a>' in page
    assert '<progress value="0.456" aria-label="Draw the spectrogram of pond.wav">' in page


def test_a_failed_job_says_why_and_may_be_tried_again(browser, promised):
    job_id = promised(**failed())

    row = rows(browser)[job_id]

    assert "failed The disk is full. 3 ended" in row
    assert "Last try" not in row
    assert row.endswith("Try again")


def test_a_job_that_waits_for_its_next_try_says_when_that_is(browser, promised):
    at = clock.now() + timedelta(days=1)
    job_id = promised(tries=1, message="The disk is full.", run_after=at)

    row = rows(browser)[job_id]

    assert "waiting Last try: The disk is full. 1" in row
    assert f"next try {at.day} {at:%b %Y %H:%M} UTC" in row


def test_a_file_that_was_deleted_is_named_and_leads_nowhere(browser, work, make, promised):
    with work():
        media_file = make.media_file(name="gone.wav")
        later(purge, media_file=media_file)
        media_files.delete_media_file(SYSTEM, media_file)

    page = browser.open("/admin/jobs").text

    assert '<span class="dim" title="deleted">gone.wav</span>' in page
    assert "/media/1" not in page


def test_what_a_file_is_called_and_why_it_failed_is_never_markup(browser, work, make, promised):
    with work():
        later(purge, media_file=make.media_file(name="<b>pond</b>.wav"))
    promised(**failed("<script>alert(1)</script>"))

    page = browser.open("/admin/jobs").text

    assert "&lt;b&gt;pond&lt;/b&gt;.wav" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("failed", {"failed"}),
        ("waiting", {"waiting"}),
        ("done", set()),
        ("odd", {"failed", "waiting"}),
    ],
)
def test_the_list_is_narrowed_to_a_state(browser, promised, wanted, shown):
    numbers = {"failed": promised(**failed()), "waiting": promised()}

    assert set(rows(browser, f"/admin/jobs?state={wanted}")) == {numbers[each] for each in shown}


def test_each_state_says_how_many_are_in_it(browser, promised):
    promised(**failed()), promised(**failed()), promised(), promised(**running(0.0))

    words = browser.words("/admin/jobs")

    assert "all 4 waiting 1 running 1 done 0 failed 2 cancelled 0 Work" in words


def test_a_long_list_has_pages_that_go_on_through_all_states(browser, promised, work):
    with work():
        waiting = [later(purge) for _ in range(70)]
        ended = [later(purge) for _ in range(40)]
        for job_id in ended:
            db.session.get_one(Job, job_id).state = "done"

    pages = [list(rows(browser, f"/admin/jobs?page={number}")) for number in (1, 2, 3, 4)]

    whole = [*waiting, *reversed(ended)]
    assert pages == [whole[:50], whole[50:100], whole[100:], whole[100:]]
    assert "101–110 of 110 jobs" in browser.words("/admin/jobs?page=3")


def test_without_jobs_the_page_says_what_they_would_be(browser):
    assert "No jobs yet When recordings are added" in browser.words("/admin/jobs")
    assert "No job is failed Show all jobs." in browser.words("/admin/jobs?state=failed")


def test_a_waiting_job_is_cancelled_and_tried_again(browser, promised, state):
    job_id = promised()

    answer = browser.send(f"/admin/jobs/{job_id}/cancel?state=waiting")
    cancelled = state(job_id)
    browser.send(f"/admin/jobs/{job_id}/retry")

    assert (answer.status_code, answer.location) == (303, "/admin/jobs?state=waiting")
    assert cancelled == ("cancelled", 0, 0.0, "")
    assert state(job_id) == ("waiting", 0, 0.0, "")


def test_a_failed_job_that_is_tried_again_begins_anew(app, browser, promised, state):
    job_id = promised(**failed(), progress=0.5)
    with app.app_context():
        queue.opened().huey.storage.flush_queue()

    browser.send(f"/admin/jobs/{job_id}/retry?state=failed&page=2")

    with app.app_context():
        assert (state(job_id), queue.waiting()) == (("waiting", 0, 0.0, ""), 1)
    assert "The job is tried again." in browser.words("/admin/jobs")


def test_htmx_gets_the_table_alone_and_what_is_to_be_said(browser, promised):
    job_id = promised()

    part = browser.open("/admin/jobs", **{"HX-Request": "true"})
    browser.send(f"/admin/jobs/{job_id}/cancel", part=True)
    told = browser.open("/admin/jobs", **{"HX-Request": "true"}).headers["HX-Trigger"]

    assert part.text.strip().startswith('<section class="stack" id="jobs-table"')
    assert "HX-Request" in part.headers["Vary"].split(", ")
    assert "Cancelled the job." in told


def test_what_has_ended_cannot_be_cancelled_and_what_goes_well_not_tried_again(
    browser, promised, state
):
    done, busy = promised(state="done", finished_at=clock.now()), promised(**running(0.5))

    answers = [
        browser.send(f"/admin/jobs/{done}/cancel"),
        browser.send(f"/admin/jobs/{done}/retry"),
        browser.send(f"/admin/jobs/{busy}/retry"),
    ]

    assert [each.status_code for each in answers] == [409, 409, 409]
    assert "That job has ended already." in text_of(answers[0].text)
    assert (state(done)[0], state(busy)[0]) == ("done", "running")


def test_what_was_cancelled_while_it_ran_is_not_offered_again(browser, promised):
    job_id = promised(**running(0.5))

    browser.send(f"/admin/jobs/{job_id}/cancel")

    assert "Try again" not in rows(browser)[job_id]
    assert browser.send(f"/admin/jobs/{job_id}/retry").status_code == 409


def test_the_menu_leads_administrators_here_and_nobody_else(app, browser):
    ana = type(browser)(app.test_client())
    ana.sign_in("ana")

    assert 'href="/admin/jobs"' in browser.open("/me").text
    assert 'href="/admin/jobs"' not in ana.open("/me").text


def test_others_are_told_that_only_administrators_may(app, browser, promised):
    promised(**failed("secret words"))
    ana = type(browser)(app.test_client())
    ana.sign_in("ana")

    answer = ana.open("/admin/jobs")

    assert answer.status_code == 403
    assert "Only administrators may do that." in answer.text
    assert "secret words" not in answer.text


def test_others_neither_cancel_nor_retry(app, browser, promised, state):
    waits, fails = promised(), promised(**failed())
    ana = type(browser)(app.test_client())
    ana.sign_in("ana")

    answers = [ana.send(f"/admin/jobs/{waits}/cancel"), ana.send(f"/admin/jobs/{fails}/retry")]

    assert [each.status_code for each in answers] == [404, 404]
    assert (state(waits)[0], state(fails)[0]) == ("waiting", "failed")


def test_a_stranger_is_sent_to_sign_in(app, promised):
    job_id = promised(**failed())
    stranger = app.test_client()

    page = stranger.get("/admin/jobs")
    form = stranger.get("/login").text
    proof = form.split('name="csrf-token" content="')[1].split('"')[0]
    retry = stranger.post(f"/admin/jobs/{job_id}/retry", data={"csrf_token": proof})

    assert (page.status_code, page.location) == (302, "/login?next=/admin/jobs")
    assert (retry.status_code, retry.location.partition("?")[0]) == (302, "/login")


def test_every_kind_of_job_is_called_by_what_it_does(browser):
    for module in worker.WORK:
        importlib.import_module(module)

    ours = {name for name, work in promises.REGISTRY.items() if work.__module__ in worker.WORK}
    assert ours == set(WORK)
