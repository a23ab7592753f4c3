"""The page that tells what an export holds and loses, and leads to it."""

import re

import pytest

from tagstore.db import db
from tagstore.formats.format import Feature
from tagstore.models import MediaFile
from tagstore.services.exports import losing
from tagstore.values import Role

HERE = "/projects/frogs/exports"


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        file = make.media_file(project, name="dawn.wav", folder="pond", duration_s=60.0)
        for number in range(2):
            make.tag(file, text="rain", start_s=number, end_s=number + 1, score=0.5)
    browser.sign_in("ana")


def test_what_is_lost_is_told_and_the_file_is_behind_the_link(browser):
    words = browser.words(f"{HERE}?format=audacity")

    assert "2 tags on 1 recording." in words
    assert "Who or what made a tag is left out." in words
    page = browser.open(f"{HERE}?format=audacity&folder=pond").text
    address = re.search(r'href="(/api/v1/exports[^"]*)" download', page)[1].replace("&amp;", "&")
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


def test_a_folder_that_is_not_there_is_said_beside_its_field(browser):
    page = browser.open(f"{HERE}?folder=lake")

    assert page.status_code == 200
    assert "There is no such media file or folder in this project." in page.text
    assert "Download" not in page.text


def test_a_format_that_is_not_there_is_said(browser):
    assert "Not a valid choice." in browser.words(f"{HERE}?format=doc")
