"""The pages of imports, without JavaScript: files in, four steps, stored, undone."""

import io
import re

import pytest

from tagstore.db import db
from tagstore.formats.tables.columns import FIELDS
from tagstore.models import Project, Tag
from tagstore.services import jobs, projects, tags, users
from tagstore.services.imports import Findings, holding
from tagstore.services.imports.choices import Choices
from tagstore.services.imports.findings import LabelFound
from tagstore.values import SYSTEM, Role
from tagstore.web.pages import import_forms
from tests.web.pages.conftest import text_of

HERE = "/projects/frogs/imports"
HEAD = (
    "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tCall\n"
)
ROW = "{}\tSpectrogram 1\t1\t{}\t{}\t{}\t{}\t{}\n"
GOOD = [(1, 1.0, 2.0, 1500, 4000, "wren"), (2, 3.0, 4.0, 1500, 4000, "Wrenn")]
ODD = [(3, 90.0, 91.0, 1500, 4000, "wren"), (4, 6.0, 5.0, 1500, 4000, "wren")]


def table(*rows):
    return HEAD + "".join(ROW.format(*row) for row in rows)


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        project = make.project(
            "frogs", mo=Role.MANAGER, ana=Role.ANNOTATOR, bo=Role.ANNOTATOR, vera=Role.VIEWER
        )
        make.media_file(project, name="dawn.wav", folder="pond", sample_rate=48000)
        make.tag_class(project, "wren")
    browser.sign_in("mo")


@pytest.fixture
def toil(app):
    def toil():
        with app.app_context():
            while jobs.work():
                pass

    return toil


@pytest.fixture
def send(browser, toil):
    """Send files through the form and have them read; return where the import is."""

    def send(*files, read=True, **fields):
        files = files or (("dawn.txt", table(*GOOD, *ODD)),)
        data = {"files": [(io.BytesIO(text.encode()), name) for name, text in files], **fields}
        answer = browser.send(HERE, **data)
        assert answer.status_code == 303
        if read:
            toil()
        return answer.location

    return send


@pytest.fixture
def decide(browser, toil):
    """Send the form of an import as it is shown, with some fields filled in otherwise."""

    def decide(here, act="read", **changes):
        answer = browser.send(here, act=act, **{**fields_of(browser.open(here).text), **changes})
        toil()
        return answer

    return decide


def fields_of(page):
    """Return what a browser would send of the form of an import."""
    form = page.split('<form class="stack import"')[1].split("</form>")[0]
    found = {}
    for tag in re.finditer(r"<input ([^>]*)>|<select ([^>]*)>(.*?)</select>", form, re.DOTALL):
        said = tag[1] or tag[2]
        name = re.search(r'name="([^"]*)"', said)[1]
        if 'type="checkbox"' in said and "checked" not in said:
            continue
        value = re.search(r'value="([^"]*)"', said)
        chosen = re.search(r'<option value="([^"]*)" selected', tag[3] or "")
        default = "on" if "checkbox" in said else ""
        text = (chosen[1] if chosen else "") if tag[2] else value[1] if value else default
        found.setdefault(name, []).append(text)
    found.pop("csrf_token", None)
    return found


def stored(work):
    with work():
        rows = db.session.query(Tag).order_by(Tag.start_s)
        return [(tag.start_s, tag.words, tag.batch.deleted_at is None) for tag in rows]


def test_a_project_without_imports_says_so(browser):
    words = browser.words(HERE)

    assert "No imports yet" in words
    assert "Drop files of tags" in words


def test_a_viewer_sees_imports_and_no_tools(browser, send):
    here = send()
    browser.sign_in("vera")

    assert "Drop files" not in browser.words(HERE)
    page = browser.open(here).text
    assert "<form" not in page.split('id="imports-import"')[1].split("</main>")[0]
    assert "mo or a manager decides on it." in text_of(page)
    assert browser.send(here, act="read").status_code == 403


def test_files_are_read_decided_on_stored_and_undone(browser, send, decide, toil, work):
    here = send()
    words = browser.words(here)
    assert "dawn.txt Raven selection table pond/dawn.wav" in words
    assert "It starts at 90 s, after the end of pond/dawn.wav at 60 s." in words

    fields = fields_of(browser.open(here).text)
    columns = [held or "" for held in fields["field"]]
    columns[fields["column"].index("Call")] = "label"
    decide(here, field=columns)
    words = browser.words(here)
    assert "1 to decide on" in words
    assert "There is no class “Wrenn” in this project. Near it: wren." in words
    assert "Import 2 tags" not in words
    decide(here, meaning=["1", ""], good_rows="on")
    assert "Import 2 tags" in browser.words(here)
    decide(here, "import")

    assert stored(work) == [(1.0, "wren", True), (3.0, "wren", True)]
    words = browser.words(here)
    assert "stored 2" in words
    assert 'href="/media/1">pond/dawn.wav' in browser.open(here).text
    with work():
        bo = users.get_user(SYSTEM, "bo").actor
        tags.edit_tag(bo, db.session.get_one(Tag, 1), None, comment="sure")
    asked = browser.words(f"{here}?undo=1")
    assert "Somebody worked since on 1 tag of this import." in asked
    assert "wren pond/dawn.wav 00:00:01.000 bo" in asked
    assert browser.send(f"{here}/undo").status_code == 303
    assert "Undone: the tags of import 1 show no more." in browser.words(here)
    assert stored(work) == [(1.0, "wren", False), (3.0, "wren", False)]
    assert "mo took back 2 tags of import 1" in browser.words("/projects/frogs")


def test_what_is_decided_with_the_button_to_import_is_read_again_first(browser, send, decide, work):
    here = send(("dawn.txt", table(*GOOD).replace("Call", "Species")))

    decide(here, "import", new_classes="create")

    assert "The files are read again first" in browser.words(here)
    assert stored(work) == []
    decide(here, "import")
    assert stored(work) == [(1.0, "wren", True), (3.0, "Wrenn", True)]


def test_an_annotator_is_not_offered_to_make_classes(browser, send):
    browser.sign_in("ana")
    here = send(("dawn.txt", table(*GOOD).replace("Call", "Species")))
    page = browser.open(here).text

    assert 'value="create"' not in page
    assert "Managers of the project can also have classes made." in page
    fields = fields_of(page)
    refused = browser.send(here, act="read", **fields | {"new_classes": "create"})
    assert refused.status_code == 403


def test_a_recording_is_named_by_its_path_or_number(browser, send, decide):
    here = send(("other.txt", table(*GOOD)))
    assert "There is no recording “other.txt” in this project." in browser.words(here)

    decide(here, recording=["lake/nothing.wav"])
    assert "There is no recording “lake/nothing.wav” in this project" in browser.words(here)
    decide(here, recording=["pond/dawn.wav"])
    assert "other.txt Raven selection table pond/dawn.wav 2 0" in browser.words(here)
    decide(here, recording=[""])
    assert "There is no recording “other.txt” in this project." in browser.words(here)


def test_frequencies_that_may_be_kilohertz_are_asked_about(browser, send, decide, work):
    here = send(("dawn.txt", table((1, 1.0, 2.0, 1.5, 4, "wren")).replace("Call", "Species")))
    words = browser.words(here)
    assert "the recordings reach far higher. They are in" in words
    assert "Import 1 tag" not in words
    assert decide(here, "import").status_code == 422

    decide(here, unit="khz")
    decide(here, "import")

    with work():
        assert db.session.get_one(Tag, 1).low_hz == 1500.0


def test_columns_of_a_table_are_remembered_and_said_to_be(browser, send, decide):
    first = send()
    fields = fields_of(browser.open(first).text)
    columns = list(fields["field"])
    columns[fields["column"].index("Call")] = "text"
    decide(first, field=columns, good_rows="on")
    decide(first, "import")

    again = send(("dawn.2.txt", table((7, 20.0, 21.0, 100, 2000, "hum"))))

    assert "These columns were assigned as in import 1" in browser.words(again)
    assert "Import 1 tag " in browser.words(again)


def test_while_it_is_read_the_page_looks_again_by_itself(browser, send, toil):
    here = send(read=False)
    page = browser.open(here).text

    assert f'hx-get="{here}" hx-trigger="every 500ms"' in page
    assert "Look again" in page
    assert browser.send(here, act="read").status_code == 409
    toil()
    assert "every 500ms" not in browser.open(here, **{"HX-Request": "true"}).text


def test_what_somebody_decided_meanwhile_is_not_overwritten(browser, send, decide):
    here = send()
    old = fields_of(browser.open(here).text)
    decide(here, tag_set=["survey"])

    answer = browser.send(here, act="read", **old)

    assert answer.status_code == 409
    assert "Somebody decided something else meanwhile." in answer.text
    assert 'value="survey"' in browser.open(here).text


def test_an_import_whose_files_are_gone_is_stopped_and_keeps_what_was_decided(
    browser, send, decide, app
):
    here = send()
    decide(here, good_rows="on", new_classes="text")
    with app.app_context():
        holding.forget(1)

    decide(here)
    words = browser.words(here)
    assert "The files of this import are no longer kept. Begin it anew." in words
    assert "Nothing of it was stored." in words
    assert "Try again" in words
    decide(here)
    shown = browser.client.get("/api/v1/imports/1").json["choices"]
    assert (shown["good_rows"], shown["new_classes"]) == (True, "text")


def test_a_form_without_files_is_sent_back(browser):
    answer = browser.send(HERE, files=(io.BytesIO(b""), ""))

    assert answer.status_code == 422
    assert "Choose files of tags first." in answer.text


def test_what_is_no_file_of_tags_is_told(browser, send):
    here = send(("notes.md", "It rained."))

    assert "No format that Tagstore reads begins like this." in browser.words(here)


def test_an_import_is_dropped(browser, send):
    here = send()

    browser.send(f"{here}/discard")

    assert "Dropped the import. Nothing was stored." in browser.words(HERE)
    assert browser.open(here).status_code == 404


def test_an_import_of_another_project_is_not_there(browser, send, work, make):
    here = send()
    with work():
        projects.grant(SYSTEM, make.project("birds"), "mo", Role.MANAGER)

    assert browser.open(here.replace("frogs", "birds")).status_code == 404


def test_of_very_many_words_the_undecided_come_first(work):
    labels = [LabelFound(f"known{n}", 1, "known", [], 1) for n in range(300)]
    labels += [LabelFound(f"new{n}", 1, "new", [], None) for n in range(300)]
    labels += [LabelFound("near", 1, "near", [{"id": 1, "label": "Near"}], None)]

    found = import_forms.word_list(Findings(labels=labels), Choices())

    assert (found.shown[0].found.label, found.open_count, found.more) == ("near", 301, 401)
    assert {each.found.kind for each in found.shown[1:]} == {"new"}


def test_every_field_of_a_row_can_be_chosen_for_a_column():
    assert import_forms.FIELDS.keys() == FIELDS


def test_with_very_many_classes_another_is_named(browser, send, decide, work, make):
    with work():
        project = db.session.get_one(Project, 1)
        for number in range(import_forms.MOST_CLASSES):
            make.tag_class(project, f"kind{number}")
    here = send(("dawn.txt", table((1, 1.0, 2.0, 1500, 4000, "?")).replace("Call", "Species")))

    decide(here, other=["nothing"])
    assert "There is no class “nothing” in this project." in browser.words(here)
    decide(here, other=["kind7"])
    decide(here, "import")

    assert stored(work) == [(1.0, "kind7", True)]
