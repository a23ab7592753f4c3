"""Tags in as files over our own API: looked at, decided on, stored, taken back."""

import io

import pytest

from tagstore.db import db
from tagstore.models import Import, Project
from tagstore.services import jobs

TABLE = "start,end,Call,Sure\n1.0,2.0,wren,0.9\n3.0,4.0,wrn,0.8\n90.0,91.0,wren,0.7\n"
COLUMNS = {"Call": "label", "Sure": "score"}


@pytest.fixture
def pond(api, work, make):
    """The project frogs with a minute called dawn.wav and the class wren."""
    with work():
        project = db.session.get_one(Project, api.project_id)
        number = make.media_file(project, name="dawn.wav", folder="pond").id
        tag_class = make.tag_class(project, "wren")
        return {"media": number, "wren": tag_class.id}


@pytest.fixture
def send(api, pond):
    """Send files of tags; a list of names with contents."""

    def send(*files, who="mo", key=None, **fields):
        files = files or (("dawn.csv", TABLE),)
        data = {"project": "frogs", **fields}
        data["files"] = [(io.BytesIO(text.encode()), name) for name, text in files]
        headers = {"Authorization": f"Bearer {api.tokens[who]}"}
        if key:
            headers["Idempotency-Key"] = key
        answer = api.client.post("/api/v1/imports", data=data, headers=headers)
        api.described.check("POST", "/api/v1/imports", answer)
        return answer

    return send


@pytest.fixture
def toil(app):
    """Do all that was promised."""

    def toil():
        with app.app_context():
            while jobs.work():
                pass

    return toil


def choose(api, number, **choices):
    return api.patch(f"/imports/{number}", {"choices": choices})


def test_files_are_read_decided_on_stored_and_taken_back(api, pond, send, toil):
    answer = send()
    assert (answer.status_code, answer.json["phase"]) == (202, "reading")
    assert answer.headers["Location"] == f"/api/v1/imports/{answer.json['id']}"
    here = f"/imports/{answer.json['id']}"

    toil()
    seen = api.get(here).json
    assert (seen["phase"], seen["findings"]["columns"][2]) == (
        "ready",
        {"name": "Call", "field": ""},
    )
    choose(api, seen["id"], columns=COLUMNS)
    toil()
    seen = api.get(here).json
    late, unknown = seen["findings"]["faults"]
    assert (late["file"], late["line"]) == ("dawn.csv", 4)
    assert unknown["reason"] == "There is no class “wrn” in this project. Near it: wren."
    assert api.post(f"{here}/commit").status_code == 409
    choose(api, seen["id"], classes={"wrn": str(pond["wren"])}, good_rows=True)
    toil()
    assert api.get(here).json["may_be_committed"] is True
    assert api.post(f"{here}/commit").json["phase"] == "storing"
    toil()
    done = api.get(here).json
    assert (done["phase"], done["added"], done["faults"]) == ("committed", 2, 1)
    tags = api.get(f"/media/{pond['media']}/tags").json["items"]
    assert [(tag["start_s"], tag["class_id"]) for tag in tags] == [
        (1.0, pond["wren"]),
        (3.0, pond["wren"]),
    ]
    edit = api.patch(f"/tags/{tags[0]['id']}", {"comment": "sure"}, who="bo")
    assert edit.status_code == 200
    [edited] = api.get(f"{here}/edited").json["items"]
    assert (edited["id"], edited["by"]) == (tags[0]["id"], "bo")
    undone = api.post(f"{here}/undo").json
    assert (undone["phase"], undone["edited_count"], undone["kept"]) == ("undone", 1, 0)
    assert api.get(f"/media/{pond['media']}/tags").json["items"] == []


def test_a_choice_is_merged_and_null_takes_it_back(api, send, toil):
    number = send(choices='{"columns": {"Call": "label", "Sure": "score"}}').json["id"]
    toil()

    answer = choose(api, number, columns={"Call": "text", "Sure": None}, tag_set="survey")
    toil()
    again = choose(api, number, tag_set=None)

    assert answer.json["choices"]["columns"] == {"Call": "text"}
    assert answer.json["choices"]["tag_set"] == "survey"
    assert again.json["choices"]["tag_set"] is None


def test_nothing_is_chosen_while_a_worker_is_at_it(api, send):
    number = send().json["id"]

    assert choose(api, number, good_rows=True).status_code == 409
    assert api.delete(f"/imports/{number}").status_code == 409


def test_an_import_that_is_not_stored_is_dropped(api, send, toil):
    number = send().json["id"]
    toil()

    assert api.delete(f"/imports/{number}").status_code == 204
    assert api.get(f"/imports/{number}").status_code == 404


def test_what_makes_no_sense_is_told_by_name(api, send):
    faults = api.faults(send(choices='{"format": "doc", "columns": {"Call": "colour"}}'))

    assert set(faults) == {"/choices/format", "/choices/columns/Call"}
    assert api.faults(send(choices="label")) == {"/choices": "must be a JSON object"}
    assert api.faults(send(choices="[1]")) == {"/choices": "must be a JSON object"}
    assert set(api.faults(send(lines="3"))) == {"/lines"}
    assert api.post("/imports", {}).status_code == 400


def test_a_choice_that_makes_no_sense_is_told_by_its_name(api, send, toil):
    number = send().json["id"]
    toil()

    answer = choose(api, number, recordings={"a/b~c": "one", "good": 3.0, "": 0})

    assert answer.status_code == 422
    assert {each["pointer"]: each["detail"] for each in answer.json["errors"]} == {
        "/choices/recordings/a~1b~0c": "Not a valid integer.",
        "/choices/recordings/": "Must be greater than or equal to 1 and less than or equal to "
        "9223372036854775807.",
    }


def test_a_recording_is_a_number_however_it_is_written(api, pond, send, toil):
    number = send().json["id"]
    toil()

    answer = choose(api, number, recordings={"dawn.csv": float(pond["media"])})

    assert answer.status_code == 202
    assert answer.json["choices"]["recordings"] == {"dawn.csv": pond["media"]}


def test_of_very_many_files_a_zip_is_to_be_made(send):
    answer = send(*(("dawn.csv", TABLE),) * 901)

    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {
            "pointer": "/files",
            "code": "invalid",
            "detail": "must be 1 to 900; more can be in a zip",
        }
    ]


def test_only_managers_let_classes_be_made(api, send, toil):
    said = '{"new_classes": "create"}'

    assert send(choices=said, who="ana").status_code == 403
    assert send(choices=said).status_code == 202
    assert send(who="vera").status_code == 403
    assert send(who="otto").status_code == 404


def test_somebody_elses_import_is_seen_but_not_changed(api, send, toil):
    number = send(who="ana").json["id"]
    toil()

    assert api.get(f"/imports/{number}", who="bo").json["created_by"] == "ana"
    refused = api.patch(f"/imports/{number}", {"choices": {}}, who="bo")
    assert refused.status_code == 403
    assert api.patch(f"/imports/{number}", {"choices": {}}, who="mo").status_code == 202
    assert api.get(f"/imports/{number}", who="otto").status_code == 404


def test_a_request_that_comes_again_makes_no_second_import(api, send, toil, work):
    first = send(key="once")
    again = send(key="once")
    other = send(("noon.csv", TABLE), key="once")

    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert [each["id"] for each in api.get("/imports?project=frogs").json["items"]] == [
        first.json["id"]
    ]
    toil()
    assert api.get(f"/imports/{first.json['id']}").json["phase"] == "ready"


def test_each_file_without_a_recording_is_given_its_own(api, send, toil, work, make):
    with work():
        noon = make.media_file(db.session.get_one(Project, api.project_id), name="noon.wav").id
    labels = "1.0\t2.0\twren\n"
    number = send(("dawn.txt", labels), ("x.txt", labels), ("y.txt", labels)).json["id"]
    toil()
    seen = api.get(f"/imports/{number}").json["findings"]

    assert [each["name"] for each in seen["recordings"]] == ["x.txt", "y.txt"]
    choose(api, number, recordings={"x.txt": noon})
    toil()
    seen = api.get(f"/imports/{number}").json["findings"]
    found = {each["name"]: each["recording"] for each in seen["files"]}
    assert found == {"dawn.txt": "pond/dawn.wav", "x.txt": "noon.wav", "y.txt": None}


def test_folders_of_files_tell_recordings_apart(api, send, toil, work, make):
    with work():
        project = db.session.get_one(Project, api.project_id)
        make.media_file(project, name="dawn.wav", folder="lake")
    number = send(("lake/dawn.txt", "1.0\t2.0\twren\n"), ("lake/notes.md", "Rain.")).json["id"]
    toil()

    seen = api.get(f"/imports/{number}").json

    assert seen["findings"]["files"][0]["recording"] == "lake/dawn.wav"
    assert seen["faults"] == 0


def test_what_was_said_of_columns_is_taken_over_by_the_next_such_table(api, send, toil):
    first = send(choices='{"columns": {"Call": "label", "Sure": "score"}, "good_rows": true}')
    toil()
    api.post(f"/imports/{first.json['id']}/commit")
    toil()
    assert api.get(f"/imports/{first.json['id']}").json["phase"] == "committed"

    second = send(("dawn.2.csv", TABLE.replace("0.9", "0.5"))).json["id"]
    other = send(("dawn.3.csv", TABLE.replace("Sure", "Doubt"))).json["id"]
    toil()

    seen = api.get(f"/imports/{second}").json
    assert seen["choices"]["columns"] == {"Call": "label", "Sure": "score"}
    assert seen["findings"]["columns_from"] == first.json["id"]
    assert api.get(f"/imports/{other}").json["choices"]["columns"] == {}


def test_a_list_shows_the_newest_first_page_by_page(api, send, work):
    numbers = [send().json["id"] for _ in range(3)]

    page = api.get("/imports?project=frogs&limit=2").json

    assert [each["id"] for each in page["items"]] == numbers[:0:-1]
    assert page["items"][0]["files"] == ["dawn.csv"]
    assert "findings" not in page["items"][0]
    rest = api.get(f"/imports?project=frogs&limit=2&cursor={page['next']}").json["items"]
    assert [each["id"] for each in rest] == numbers[:1]
    with work():
        assert db.session.query(Import).count() == 3
