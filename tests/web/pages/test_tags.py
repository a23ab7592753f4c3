"""Finding tags across files."""

import pytest

from tagstore.db import db
from tagstore.models import TagClass
from tagstore.values import Role

HERE = "/projects/frogs/tags"


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        first, second = make.media_file(project), make.media_file(project)
        make.tag(first, tag_class_id=make.tag_class(project, "wren").id, start_s=10.0, end_s=12.0)
        make.tag(second, text="robin", status="accepted")
        make.tag(text="of bats")
    browser.sign_in("ana")


def test_every_tag_is_a_row_that_leads_into_its_file(browser):
    page = browser.open(HERE).text

    rows = [f'id="tags-row-{number}"' in page for number in (1, 2, 3)]
    assert rows == [True, True, False]
    assert 'href="/media/1?tag=1&amp;t=8.000-14.000"' in page


def test_a_tag_of_a_merged_class_still_says_it(browser, work, make):
    with work():
        wren = db.session.get_one(TagClass, 1)
        wren.merged_into_id = make.tag_class(wren.project, "bird").id

    page = browser.open(HERE).text

    assert "<span>wren</span>" in page


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("q=ROBIN", [2]),
        ("q=rob", [2]),
        ("q=obin", []),
        ("q=wr", [1]),
        ("q=%25", []),
        ("class=1", [1]),
        ("status=accepted", [2]),
        ("tag_set=1", [1, 2]),
        ("tag_set=99", []),
        ("class=nonsense", [1, 2]),
    ],
)
def test_the_address_holds_the_filters(browser, words, rows):
    page = browser.open(f"{HERE}?{words}", **{"HX-Request": "true"}).text

    assert [n for n in (1, 2) if f'id="tags-row-{n}"' in page] == rows


def test_a_permanent_address_leads_to_the_tag_in_its_file(browser):
    answer = browser.open("/tag/1")

    assert answer.location == "/media/1?tag=1&t=8.000-14.000"


def test_a_tag_of_a_project_one_does_not_see_is_not_there(browser):
    assert browser.open("/tag/3").status_code == 404


def test_rows_cost_no_further_queries(browser, app, work, make):
    from sqlalchemy import event

    from tagstore.db import db

    counted = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: counted.append(1))
    browser.open(HERE)
    few = len(counted)
    with work():
        from tagstore.services import projects
        from tagstore.values import SYSTEM

        project = projects.get_project(SYSTEM, "frogs")
        for _ in range(3):
            make.tag(make.media_file(project))
    counted.clear()

    browser.open(HERE)

    assert len(counted) == few
