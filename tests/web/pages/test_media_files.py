"""A project's media files: browsing them, and what is done to those ticked."""

import json
import wave
from base64 import b64encode
from io import BytesIO

import pytest

from tagstore.values import Role

HERE = "/projects/frogs/media"


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        project = make.project("frogs", ana=Role.MANAGER, vera=Role.VIEWER)
        dawn = make.media_file(project, name="dawn.wav", folder="pond/may", kind="audio", size=30)
        make.media_file(project, name="Dusk.wav", folder="pond", kind="audio", size=20)
        make.media_file(project, name="map.png", kind="image", state="failed", size=10)
        make.tag(dawn)
        make.media_file(make.project("bats"), name="elsewhere.wav")
    browser.sign_in("ana")


@pytest.fixture
def wav():
    """A second of silence at 8 kHz."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    return file.getvalue()


def rows(html):
    """Return the numbers of the files in the order in which they stand."""
    return [int(part.split('"')[0]) for part in html.split('id="media-files-row-')[1:]]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("", [1, 2, 3]),
        ("sort=-name", [3, 2, 1]),
        ("sort=size", [3, 2, 1]),
        ("folder=pond", [1, 2]),
        ("folder=pond/may", [1]),
        ("q=DUSK", [2]),
        ("kind=image", [3]),
        ("state=failed", [3]),
        ("tagged=yes", [1]),
        ("tagged=no", [2, 3]),
        ("tagged=no&kind=audio", [2]),
        ("page=99", [1, 2, 3]),
        ("sort=nonsense&state=nonsense", [1, 2, 3]),
    ],
)
def test_the_address_holds_the_filters(browser, words, numbers):
    page = browser.open(f"{HERE}?{words}", **{"HX-Request": "true"}).text

    assert rows(page) == numbers


def test_folders_are_told_with_how_much_is_below_them(browser):
    assert "All › pond 2" in browser.words(HERE)
    assert "All / pond › may 1" in browser.words(f"{HERE}?folder=pond")


def test_an_address_cannot_smuggle_a_foreign_link_into_the_page(browser):
    page = browser.open(f"{HERE}?_external=1&_scheme=javascript&key=bats").text

    assert ("javascript:" in page, "/projects/bats" in page) == (False, False)


def test_ticked_files_are_deleted_and_come_back_by_undo(browser):
    deleted = browser.send(f"{HERE}/selected", ids=["1", "2"], act="delete", back=HERE)
    told = browser.open(HERE, **{"HX-Request": "true"})
    undo = json.loads(told.headers["HX-Trigger"])["toast:told"]["messages"][0]["undo"]

    browser.send(undo)

    assert deleted.location == HERE
    assert rows(told.text) == [3]
    assert rows(browser.open(HERE).text) == [1, 2, 3]


def test_ticked_files_are_moved(browser):
    browser.send(f"{HERE}/selected", ids=["3"], act="move", to="/maps//", back=HERE)

    assert rows(browser.open(f"{HERE}?folder=maps").text) == [3]


def test_files_of_another_project_are_not_found_here(browser):
    answer = browser.send(f"{HERE}/selected", ids=["1", "4"], act="delete", back=HERE)

    assert answer.status_code == 404
    assert rows(browser.open(HERE).text) == [1, 2, 3]


def test_a_viewer_reads_and_finds_no_tools(browser):
    browser.send("/logout")
    browser.sign_in("vera")

    page = browser.open(HERE)

    assert (rows(page.text), 'name="ids"' in page.text) == ([1, 2, 3], False)
    assert browser.send(f"{HERE}/selected", ids=["1"], act="delete").status_code == 403


def send_piece(browser, content, name, folder=""):
    """Send a file as the upload element does: announced, with its only piece."""
    said = {"project": "frogs", "filename": name, "folder": folder}
    words = ",".join(f"{k} {b64encode(v.encode()).decode()}" for k, v in said.items())
    headers = {
        "X-CSRFToken": browser.token(),
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(content)),
        "Upload-Metadata": words,
        "Content-Type": "application/offset+octet-stream",
    }
    return browser.client.post("/api/v1/uploads", data=content, headers=headers)


def test_a_recording_is_added_and_the_same_bytes_are_found_again(browser, wav):
    first = send_piece(browser, wav, "new.wav", folder="pond/june")
    again = send_piece(browser, wav, "other name.wav")

    shown = [browser.open(f"/uploads/{each.json['id']}").text for each in (first, again)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert [text in shown[0] for text in ("new.wav", "added")] == [True, True]
    assert [text in shown[1] for text in ("new.wav", "was here already")] == [True, True]
    assert rows(browser.open(f"{HERE}?folder=pond/june").text) == [5]


def test_what_is_no_media_is_refused_with_the_reason_and_not_kept(browser, settings):
    answer = send_piece(browser, b"Dear diary, " * 100, "notes.txt")

    assert answer.status_code == 422
    assert answer.json["detail"].startswith("notes.txt: ")
    assert rows(browser.open(HERE).text) == [1, 2, 3]
    assert [path for path in settings.media_dir.rglob("*") if path.is_file()] == []


def test_what_is_not_finished_has_become_nothing(browser, wav):
    said = {"Upload-Length": "9", "Upload-Metadata": "project ZnJvZ3M=,filename YQ=="}
    headers = {"X-CSRFToken": browser.token(), "Tus-Resumable": "1.0.0", **said}
    begun = browser.client.post("/api/v1/uploads", headers=headers)

    assert browser.open(f"/uploads/{begun.json['id']}").status_code == 404
    assert browser.open("/uploads/nothing").status_code == 404


def test_without_javascript_a_form_adds_what_it_can_and_names_what_it_cannot(browser, wav):
    files = [(BytesIO(wav), "one.wav"), (BytesIO(b"words, words, words"), "two.txt")]

    answer = browser.send(HERE, files=files, folder="june")

    page = browser.open(answer.location)
    assert rows(page.text) == [5]
    assert ["Added 1 file." in page.text, "two.txt: " in page.text] == [True, True]


def test_a_viewer_adds_nothing(browser, wav):
    browser.send("/logout")
    browser.sign_in("vera")

    assert send_piece(browser, wav, "new.wav").status_code == 403
    assert browser.send(HERE, files=[(BytesIO(wav), "one.wav")]).status_code == 403
