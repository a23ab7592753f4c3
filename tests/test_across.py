"""One store: a tag made on one wire is read on every other that can say it, as the same tag."""

import pytest

from tagstore.services import tag_sets, users, vocabularies
from tagstore.values import SYSTEM, Role

QID = "iq__" + "0" * 26 + "ab"
DURATION_S = 60.0
ANA = "ana"
FRAME = {"frame_idx": 7, "box": {"x1": 0.1, "y1": 0.2, "x2": 0.3, "y2": 0.4}}


class Wires:
    """Somebody who speaks every dialect about one recording of the project frogs."""

    def __init__(self, client, headers, numbers):
        self.client, self.headers = client, headers
        self.project_id, self.media_id, self.tag_set_id, self.class_id, self.public_id = numbers

    def send(self, method, path, body=None):
        answer = self.client.open(path, method=method, json=body, headers=self.headers)
        assert answer.status_code < 300, answer.text
        return answer.json if answer.data else None

    # Making, each answered by the tag's number

    def arlo(self, **changes):
        tag = {
            **{"mediaFile": self.media_id, "tagSet": self.tag_set_id, "tagClass": self.class_id},
            **{"startTime": 1.25, "endTime": 2.5, "minFrequency": 100, "maxFrequency": 2000.5},
            **{"strength": 0.5, "machineTagged": True},
        }
        path = f"/api/v0/bulkTagCreate/{self.project_id}/"
        return self.send("POST", path, [{**tag, **changes}])[0]["id"]

    def bedrock(self):
        assignment = {"scopeId": "frogs", "tagId": self.public_id, "targetType": "resource"}
        made = self.send("POST", "/tag-assignments", {**assignment, "targetId": QID})
        tags = self.send("GET", "/api/v1/tags?project=frogs")["items"]
        return next(tag["id"] for tag in tags if tag["external_id"] == made["id"])

    def pixelshare(self, value="Hyla arborea"):
        tag = {"PhotoId": self.media_id, "Value": value, "TagType": 3, "Source": "eye"}
        return self.send("POST", "/api/Tags", {"Tag": {**tag, "Confidence": 0.75}})["Id"]

    def eluvio(self):
        tag = {
            **{"start_time": 1001, "end_time": 2002, "tag": "a dog", "source": "ear"},
            **{"frame_info": FRAME, "additional_info": {"model": "m1"}},
        }
        body = {"author": "tagger", "track": "dogs", "tags": [tag]}
        return int(self.send("POST", f"/{QID}/tags", body)["created_tag_ids"][0])

    def own(self, **changes):
        tag = {
            **{"media_id": QID, "tag_set_id": self.tag_set_id, "class_id": self.class_id},
            **{"channel": 1, "info": {"a": [1]}, "comment": "loud"},
        }
        return self.send("POST", "/api/v1/tags", {**tag, **changes})["id"]

    # Reading, each by the tag's number

    def read(self, number):
        """Return a tag in the words of each dialect that shows it."""
        listed = {
            "own": self.send("GET", "/api/v1/tags?project=frogs")["items"],
            "arlo": self.send("GET", "/api/v0/tag/")["results"],
            "eluvio": self.send("GET", f"/{QID}/tags")["tags"],
            "pixelshare": [
                tag
                for photo in self.send("POST", "/api/Tags/Search", {"GalleryId": self.project_id})
                for tag in photo["Tags"]
            ],
            "bedrock": self.send("GET", f"/tag-assignments?targetId={QID}"),
        }
        found = {
            name: {str(tag.get("id", tag.get("Id"))): tag for tag in tags}
            for name, tags in listed.items()
        }
        own = found["own"].get(str(number), {})
        # An assignment made on Bedrock's wire has the id there that it was given there.
        names = {name: str(number) for name in found}
        if own.get("external_id"):
            names["bedrock"] = own["external_id"]
        return {name: found[name][key] for name, key in names.items() if key in found[name]}


@pytest.fixture
def wires(client, work, make):
    with work():
        project = make.project("frogs", ana=Role.MANAGER)
        media_file = make.media_file(project, DURATION_S, qid=QID, channels=1)
        tag_class = vocabularies.add_class(SYSTEM, project, "hyla", label="Hyla arborea")
        tag_set = tag_sets.add_tag_set(SYSTEM, project, "survey")
        token = make.token(users.get_user(SYSTEM, ANA))
        numbers = (project.id, media_file.id, tag_set.id, tag_class.id, tag_class.public_id)
    return Wires(client, {"Authorization": f"Bearer {token}"}, numbers)


def part(tag, *names):
    return {name: tag[name] for name in names}


def check_own(wires, tag, /, **expected):
    """Look at all that our own API says of a tag but for when it was made."""
    blank = {
        **dict.fromkeys(("class_id", "text", "start_s", "end_s", "low_hz", "high_hz", "channel")),
        **dict.fromkeys(("frame_info", "score", "parent_id", "external_id", "comment", "status")),
        **{"kind": 0, "source": "", "info": {}, "author": ANA, "created_by": ANA},
        **dict.fromkeys(("machine_tagged", "user_tagged", "randomly_chosen"), False),
        "media_id": wires.media_id,
    }
    wanted = {**blank, **expected}
    assert part(tag, *wanted) == wanted


def check_arlo(wires, tag, /, **expected):
    blank = {
        **{"mediaFile": wires.media_id, "tagClass": None, "strength": None, "parentTag": None},
        **{"startTime": 0.0, "endTime": DURATION_S, "minFrequency": None, "maxFrequency": None},
        **dict.fromkeys(("machineTagged", "userTagged", "randomlyChosen"), False),
    }
    wanted = {**blank, **expected}
    assert part(tag, *wanted) == wanted
    assert tag["tagExample"] == tag["id"]


def check_eluvio(tag, /, **expected):
    blank = {
        **{"start_time": 0, "end_time": 60_000, "tag": "Hyla arborea", "track": "survey"},
        **{"author": ANA, "source": "", "frame_info": None, "additional_info": {}},
    }
    wanted = {**blank, **expected}
    assert part(tag, *wanted) == wanted
    assert tag["additional_properties"] == tag["additional_info"]


def tag_set_named(wires, name):
    listed = wires.send("GET", "/api/v1/tag-sets?project=frogs")["items"]
    return next(each["id"] for each in listed if each["name"] == name)


def test_a_tag_of_arlo_is_read_by_eluvio_and_by_us(wires):
    seen = wires.read(wires.arlo())

    assert set(seen) == {"own", "arlo", "eluvio"}
    check_own(
        wires, seen["own"], tag_set_id=wires.tag_set_id, class_id=wires.class_id, score=0.5,
        start_s=1.25, end_s=2.5, low_hz=100.0, high_hz=2000.5, machine_tagged=True,
    )  # fmt: skip
    check_arlo(
        wires, seen["arlo"], tagSet=wires.tag_set_id, tagClass=wires.class_id, startTime=1.25,
        endTime=2.5, minFrequency=100.0, maxFrequency=2000.5, strength=0.5, machineTagged=True,
    )  # fmt: skip
    check_eluvio(seen["eluvio"], start_time=1250, end_time=2500, additional_info={"score": 0.5})


def test_a_tag_of_arlo_from_end_to_end_is_one_of_the_photo(wires):
    number = wires.arlo(startTime=0, endTime=DURATION_S)

    assert wires.read(number)["pixelshare"] == {
        **{"Id": number, "PhotoId": wires.media_id, "Value": "Hyla arborea"},
        **{"TagType": 0, "Source": "", "Confidence": 0.5},
    }


def test_an_assignment_of_bedrock_is_read_by_all(wires):
    number = wires.bedrock()

    seen = wires.read(number)

    assert set(seen) == {"own", "arlo", "eluvio", "pixelshare", "bedrock"}
    tag_set = tag_set_named(wires, "assignments")
    known = {"external_id": seen["bedrock"]["id"]}
    check_own(wires, seen["own"], tag_set_id=tag_set, class_id=wires.class_id, **known)
    check_arlo(wires, seen["arlo"], tagSet=tag_set, tagClass=wires.class_id)
    check_eluvio(seen["eluvio"], track="assignments")
    assert seen["pixelshare"] == {
        **{"Id": number, "PhotoId": wires.media_id, "Value": "Hyla arborea"},
        **{"TagType": 0, "Source": "", "Confidence": 0.0},
    }
    wanted = {"tagId": wires.public_id, "targetId": QID, "scopeId": "frogs", "appliedBy": ANA}
    assert part(seen["bedrock"], *wanted) == wanted


def test_a_photo_tag_that_names_a_class_is_read_by_all(wires):
    number = wires.pixelshare("hyla ARBOREA")

    seen = wires.read(number)

    assert set(seen) == {"own", "arlo", "eluvio", "pixelshare", "bedrock"}
    tag_set = tag_set_named(wires, "photo_tags")
    check_own(
        wires, seen["own"], tag_set_id=tag_set, class_id=wires.class_id, score=0.75, kind=3,
        source="eye",
    )  # fmt: skip
    check_arlo(wires, seen["arlo"], tagSet=tag_set, tagClass=wires.class_id, strength=0.75)
    check_eluvio(seen["eluvio"], track="photo_tags", source="eye", additional_info={"score": 0.75})
    assert seen["pixelshare"] == {
        **{"Id": number, "PhotoId": wires.media_id, "Value": "Hyla arborea"},
        **{"TagType": 3, "Source": "eye", "Confidence": 0.75},
    }
    assert part(seen["bedrock"], "tagId", "targetId") == {
        "tagId": wires.public_id,
        "targetId": QID,
    }


def test_a_photo_tag_of_free_text_is_no_assignment(wires):
    seen = wires.read(wires.pixelshare("a pond"))

    assert set(seen) == {"own", "arlo", "eluvio", "pixelshare"}
    assert (seen["own"]["text"], seen["own"]["class_id"]) == ("a pond", None)
    assert (seen["arlo"]["tagClass"], seen["eluvio"]["tag"]) == (None, "a pond")


def test_a_tag_of_eluvio_is_read_by_arlo_and_by_us(wires):
    seen = wires.read(wires.eluvio())

    assert set(seen) == {"own", "arlo", "eluvio"}
    tag_set = tag_set_named(wires, "dogs")
    check_own(
        wires, seen["own"], tag_set_id=tag_set, text="a dog", start_s=1.001, end_s=2.002,
        source="ear", frame_info=FRAME, info={"model": "m1"}, author="tagger",
    )  # fmt: skip
    check_arlo(wires, seen["arlo"], tagSet=tag_set, startTime=1.001, endTime=2.002)
    check_eluvio(
        seen["eluvio"], start_time=1001, end_time=2002, tag="a dog", track="dogs", source="ear",
        author="tagger", frame_info=FRAME, additional_info={"model": "m1"},
    )  # fmt: skip


def test_a_tag_of_ours_without_times_is_read_by_all(wires):
    number = wires.own()

    seen = wires.read(number)

    assert set(seen) == {"own", "arlo", "eluvio", "pixelshare", "bedrock"}
    check_own(
        wires, seen["own"], tag_set_id=wires.tag_set_id, class_id=wires.class_id, channel=1,
        info={"a": [1]}, comment="loud",
    )  # fmt: skip
    check_arlo(wires, seen["arlo"], tagSet=wires.tag_set_id, tagClass=wires.class_id)
    check_eluvio(seen["eluvio"], additional_info={"a": [1]})
    assert part(seen["pixelshare"], "Value", "Confidence") == {
        "Value": "Hyla arborea",
        "Confidence": 0.0,
    }
    assert seen["bedrock"]["tagId"] == wires.public_id


def test_a_tag_of_ours_with_times_is_rounded_for_those_who_count_milliseconds(wires):
    number = wires.own(start_s=0.0004, end_s=1.2345678, score=0.1, info={"score": "mine"})

    seen = wires.read(number)

    assert set(seen) == {"own", "arlo", "eluvio"}
    check_arlo(
        wires, seen["arlo"], tagSet=wires.tag_set_id, tagClass=wires.class_id, strength=0.1,
        startTime=0.0004, endTime=1.2345678,
    )  # fmt: skip
    check_eluvio(seen["eluvio"], start_time=0, end_time=1235, additional_info={"score": "mine"})


def test_a_whole_file_of_unknown_length_ends_at_0(client, wires, work, make):
    with work():
        project = make.project("birds")
        media_file = make.media_file(project, None, qid=QID[:-1] + "z")
        number = make.tag(media_file, start_s=None, end_s=None).id
        make.user("root", is_admin=True)
        token = make.token(users.get_user(SYSTEM, "root"))
    headers = {"Authorization": f"Bearer {token}"}

    eluvio = client.get(f"/{QID[:-1]}z/tags", headers=headers).json["tags"][0]
    arlo = client.get(f"/api/v0/tag/{number}/", headers=headers).json

    assert (eluvio["start_time"], eluvio["end_time"]) == (0, 0)
    assert (arlo["startTime"], arlo["endTime"]) == (0.0, 0.0)


def test_pairs_of_dis_are_another_kind_and_stay_apart(wires):
    number = wires.own()
    stream = f"/v2/frogs/stream/{QID}/tags"
    wires.send("POST", stream, {"tag": {"key": "site", "value": "north"}})

    assert wires.send("GET", stream) == {"tags": [{"key": "site", "value": "north"}]}
    assert [tag["id"] for tag in wires.send("GET", "/api/v1/tags?project=frogs")["items"]] == [
        number
    ]


def test_what_one_wire_deletes_is_gone_on_all(wires):
    number = wires.bedrock()
    wires.send("POST", "/api/Tags/Delete", {"Tag": {"Id": number}})

    assert wires.read(number) == {}


def test_an_edit_on_one_wire_keeps_what_it_cannot_say(wires):
    number = wires.arlo()

    wires.send("PATCH", f"/{QID}/tags/{number}", {"start_time": 1250, "end_time": 3000})

    seen = wires.read(number)
    check_arlo(
        wires, seen["arlo"], tagSet=wires.tag_set_id, tagClass=wires.class_id, startTime=1.25,
        endTime=3.0, minFrequency=100.0, maxFrequency=2000.5, strength=0.5, machineTagged=True,
    )  # fmt: skip
