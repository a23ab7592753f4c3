"""The page that tells what an export holds and loses, and leads to it."""

import re

import pytest

from tagstore.db import db
from tagstore.formats.format import Feature
from tagstore.models import MediaFile, Project
from tagstore.services.exports import losing
from tagstore.values import Role
from tests.web.pages.conftest import text_of

HERE = "/projects/frogs/exports"


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        file = make.media_file(project, name="dawn.wav", folder="pond", duration_s=60.0)
        for number in range(2):
            make.tag(file, text="rain", start_s=number, end_s=number + 1, score=0.5)
    browser.sign_in("ana")


def link(page):
    """Return where the page says the file is."""
    return re.search(r'href="(/api/v1/exports[^"]*)" download', page)[1].replace("&amp;", "&")


def test_what_is_lost_is_told_and_the_file_is_behind_the_link(browser):
    words = browser.words(f"{HERE}?format=audacity")

    assert "2 tags on 1 recording." in words
    assert "Who or what made a tag is left out." in words
    address = link(browser.open(f"{HERE}?format=audacity&folder=pond").text)
    assert address == "/api/v1/exports?project=frogs&format=audacity&folder=pond"
    assert browser.open(address).text.splitlines()[0].startswith("0.000000\t1.000000\train")


def test_nothing_that_a_format_may_lose_is_forgotten():
    of_several = {Feature.MANY_MEDIA, Feature.OVERLAPS}

    assert losing.SAID.keys() | losing.ALWAYS | of_several == set(Feature)


def test_what_some_tag_has_is_found_in_every_kind(browser, work, make):
    with work():
        file = db.session.get_one(MediaFile, 1)
        make.tag(file, start_s=None, end_s=None, info={"View": "Waveform 1"}, text=None)

    words = browser.words(f"{HERE}?format=eaf")

    assert "3 tags on 1 recording." in words
    for feature in (Feature.WHOLE_FILES, Feature.WORDLESS, Feature.INFO):
        assert feature.value in words


def test_our_own_lines_are_said_to_lose_nothing(browser):
    assert "Nothing of these tags is lost." in browser.words(f"{HERE}?format=jsonl")


FILTERS = {
    "q=rain": 2,
    "q=wren": 1,
    "class=1": 1,
    "tag_set=1&tag_set=2": 4,
    "tag_set=2": 1,
    "status=accepted": 1,
    "author=system": 4,
    "author=nobody": 0,
    "score_gte=0.5&score_lte=0.6": 2,
    "score_lte=0.4": 1,
    "start_s=1.5&end_s=5": 1,
    "low_hz=3000": 4,
    "low_hz=5000": 3,
    "media=noon.wav": 2,
    "media=lake%2FNOON.wav": 2,
    "media=1%2C2": 4,
    "media=1&folder=pond": 2,
    "folder=%2Flake%2F": 2,
}


@pytest.mark.parametrize(("asked", "tags"), FILTERS.items())
def test_every_filter_counts_on_the_page_and_behind_its_link(browser, work, make, asked, tags):
    with work():
        project = db.session.get_one(Project, 1)
        file = make.media_file(project, name="noon.wav", folder="lake")
        other = make.tag_set(project, "other")
        wren = make.tag_class(project, "wren")
        make.tag(file, tag_class_id=wren.id, status="accepted", low_hz=1000.0, high_hz=4000.0,
                 start_s=20.0, end_s=21.0)  # fmt: skip
        make.tag(file, text="hum", tag_set_id=other.id, score=0.3, start_s=30.0, end_s=30.0)

    page = browser.open(f"{HERE}?format=csv&{asked}").text

    assert f"{tags} tag" in text_of(page)
    table = browser.open(link(page)).text
    assert len(table.splitlines()) == 1 + tags


def test_what_makes_no_sense_is_said_beside_its_field(browser):
    page = browser.open(f"{HERE}?score_gte=high&padding_s=inf&media=9&tag_set=7").text

    assert "Score from: Not a valid float value." in text_of(page)
    assert "Padding, s: must be a number" in text_of(page)
    assert "Tag sets: &#39;7&#39; is not a valid choice" in page
    assert "Download" not in page
    assert "Recording: There is no such" in browser.words(f"{HERE}?media=9")
    too_much = browser.words(f"{HERE}?format=clips-wav&padding_s=9999")
    assert "Padding, s: must be from 0 to 3600" in too_much


def test_how_many_clips_are_made_is_told_and_the_link_makes_them(browser, work, make):
    with work():
        file = db.session.get_one(MediaFile, 1)
        file.sample_rate = 48_000
        make.tag(file, start_s=3.0, end_s=3.0)
        make.tag(make.media_file(file.project, name="marsh.jpg"), start_s=None, end_s=None)

    words = browser.words(f"{HERE}?format=clips-wav")
    padded = browser.open(f"{HERE}?format=clips-wav&padding_s=0.5&by_class=y").text

    assert "4 tags on 2 recordings. That makes 2 clips of 2.0 s together." in words
    assert "Nothing is made of 1 tag on files without sound." in words
    assert "Nothing is made of 1 tag without a length; padding gives them one." in words
    assert "That makes 3 clips of 5.0 s together, or a little less" in text_of(padded)
    assert link(padded).endswith("&format=clips-wav&by_class=true&padding_s=0.5")
    assert browser.open(link(padded)).mimetype == "application/zip"


def test_pictures_are_made_as_large_as_is_chosen(browser):
    page = browser.open(f"{HERE}?format=pictures&size=512x192&colours=grey").text

    assert link(page).endswith("&format=pictures&width=512&height=192&colours=grey")


def test_the_search_leads_here_with_its_filters(browser):
    page = browser.open("/projects/frogs/tags?q=rain&class=&tag_set=1&score=0.25").text

    address = re.search(r'href="([^"]*)">Export these', page)[1].replace("&amp;", "&")
    assert address == "/projects/frogs/exports?tag_set=1&score_gte=0.25&q=rain"
    chosen = browser.open(address).text
    assert "2 tags on 1 recording." in text_of(chosen)
    assert 'value="rain"' in chosen
    assert '<option selected value="1">' in chosen


def test_a_folder_that_is_not_there_is_said_beside_its_field(browser):
    page = browser.open(f"{HERE}?folder=lake")

    assert page.status_code == 200
    assert "There is no such media file or folder in this project." in page.text
    assert "Download" not in page.text


def test_a_format_that_is_not_there_is_said(browser):
    assert "Not a valid choice." in browser.words(f"{HERE}?format=doc")
