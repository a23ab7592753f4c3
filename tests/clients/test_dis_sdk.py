"""Huawei's own SDK, unchanged but for address and keys, against a real server: all seven calls."""

import json
import socket

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdis.v2 import (
    BatchCreateTagsReq,
    BatchCreateTagsRequest,
    BatchDeleteTagsReq,
    BatchDeleteTagsRequest,
    CreateTagReq,
    CreateTagRequest,
    DeleteTagRequest,
    DisClient,
    ListResourceInstancesReq,
    ListResourcesByTagsRequest,
    ListTagsRequest,
    ShowStreamTagsRequest,
    Tag,
    Tags,
)

from tests import sounds
from tests.server import start_on

STREAM = "pond.wav"


@pytest.fixture(scope="module")
def flask(lasting_app):
    """A function that runs a command on the store and returns what it prints."""

    def flask(*words):
        ended = lasting_app.test_cli_runner().invoke(args=words)
        assert ended.exit_code == 0, ended.stderr
        return ended.stdout

    return flask


@pytest.fixture(scope="module")
def server(lasting_app, flask, tmp_path_factory):
    """A server with the project frogs and one recording in it."""
    sound = sounds.write_sound(tmp_path_factory.mktemp("dis") / STREAM, sounds.tone(0.1))
    flask("projects", "add", "frogs")
    flask("media", "add", str(sound), "--project", "frogs")
    server = start_on(lasting_app.settings, "--no-worker")
    assert server.address
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _no_other_host(monkeypatch):
    """Let nobody connect to anything but this machine, and by no proxy."""
    connect = socket.socket.connect

    def connect_here(self, address):
        assert address[0] == "127.0.0.1", f"{address} is not this machine"
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def connect(server):
    """A function that returns the SDK's client with some keys."""

    def connect(access, secret):
        credentials = BasicCredentials(access, secret, "frogs")
        config = HttpConfig.get_default_config()
        config.retry_times = 0
        client = DisClient.new_builder().with_http_config(config).with_credentials(credentials)
        return client.with_endpoint(server.address).build()

    return connect


@pytest.fixture
def dis(flask, connect):
    """The SDK's client of the administrator, and a stream without tags."""
    client = connect(*flask("keys", "add", "admin").split())
    yield client
    left = [Tag(each["key"], each["value"]) for each in tags(client)]
    body = BatchDeleteTagsReq(action="delete", tags=left)
    client.batch_delete_tags(BatchDeleteTagsRequest(STREAM, body))


def tags(client):
    return client.show_stream_tags(ShowStreamTagsRequest(STREAM)).to_json_object()["tags"]


def put(client, **pairs):
    given = [Tag(key, value) for key, value in pairs.items()]
    body = BatchCreateTagsReq(action="create", tags=given)
    return client.batch_create_tags(BatchCreateTagsRequest(STREAM, body))


def find(client, action, **filters):
    body = ListResourceInstancesReq(action=action, **filters)
    found = client.list_resources_by_tags(ListResourcesByTagsRequest(body)).to_json_object()
    return [each["resource_name"] for each in found.get("resources", [])], found["total_count"]


def refusal(call, request):
    with pytest.raises(ClientRequestException) as caught:
        call(request)
    return caught.value.status_code, caught.value.error_code


def test_one_tag_is_put_on_shown_and_taken_off(dis):
    put_on = dis.create_tag(CreateTagRequest(STREAM, CreateTagReq(Tag("site", "north"))))
    shown = tags(dis)
    taken_off = dis.delete_tag(DeleteTagRequest(STREAM, "site"))

    assert (put_on.status_code, taken_off.status_code) == (204, 204)
    assert (shown, tags(dis)) == ([{"key": "site", "value": "north"}], [])


def test_many_tags_are_put_on_and_taken_off_at_once(dis):
    put_on = put(dis, site="north", year="2026", kind="")
    shown = tags(dis)
    body = BatchDeleteTagsReq(action="delete", tags=[Tag("year"), Tag("kind"), Tag("none")])
    taken_off = dis.batch_delete_tags(BatchDeleteTagsRequest(STREAM, body))

    assert (put_on.status_code, taken_off.status_code) == (204, 204)
    assert {each["key"]: each["value"] for each in shown} == {
        "site": "north",
        "year": "2026",
        "kind": "",
    }
    assert tags(dis) == [{"key": "site", "value": "north"}]


def test_chinese_keys_and_values_are_signed_put_on_found_and_taken_off(dis):
    put(dis, 站点="北方")
    shown = tags(dis)
    found = find(dis, "filter", tags=[Tags("站点", ["北方"])])
    taken_off = dis.delete_tag(DeleteTagRequest(STREAM, "站点"))

    assert shown == [{"key": "站点", "value": "北方"}]
    assert (found, taken_off.status_code, tags(dis)) == (([STREAM], 1), 204, [])


def test_the_tags_of_a_project_are_listed(dis):
    put(dis, site="north", year="2026")

    listed = dis.list_tags(ListTagsRequest()).to_json_object()["tags"]

    assert sorted(listed, key=lambda each: each["key"]) == [
        {"key": "site", "values": ["north"]},
        {"key": "year", "values": ["2026"]},
    ]


def test_streams_are_found_and_counted_by_their_tags(dis):
    put(dis, site="north")
    name = json.dumps({"key": "resource_name", "value": "pond"})

    assert find(dis, "filter", limit="10", offset="0") == ([STREAM], 1)
    assert find(dis, "filter", tags=[Tags("site", ["north", "south"])]) == ([STREAM], 1)
    assert find(dis, "filter", not_tags=[Tags("site", [])]) == ([], 0)
    assert find(dis, "filter", tags_any=[Tags("site", ["south"])]) == ([], 0)
    assert find(dis, "filter", not_tags_any=[Tags("site", ["south"])]) == ([STREAM], 1)
    assert find(dis, "count", matches=name) == ([], 1)


@pytest.mark.parametrize("key", ["a/b", "a%2Fb", "/a", "a b", "a?b", "a#b", "站/点", "gone"])
def test_a_key_that_is_not_there_is_missing_whatever_stands_in_it(dis, key):
    put(dis, a="1")

    assert refusal(dis.delete_tag, DeleteTagRequest(STREAM, key)) == (400, "DIS.4604")
    assert tags(dis) == [{"key": "a", "value": "1"}]


def test_faults_arrive_as_the_services_own(dis):
    unknown = CreateTagRequest("nothing.wav", CreateTagReq(Tag("a", "b")))
    bad = CreateTagRequest(STREAM, CreateTagReq(Tag("no blanks", "b")))
    action = BatchCreateTagsRequest(STREAM, BatchCreateTagsReq(action="CREATE", tags=[]))

    assert refusal(dis.create_tag, unknown) == (400, "DIS.4301")
    assert refusal(dis.create_tag, bad) == (400, "DIS.4200")
    assert refusal(dis.batch_create_tags, action) == (400, "DIS.4605")


def test_keys_that_are_not_ours_open_nothing(flask, connect):
    access, secret = flask("keys", "add", "admin").split()

    for keys in ((access, secret[:-1] + "!"), ("nobody", secret)):
        request = ShowStreamTagsRequest(STREAM)
        assert refusal(connect(*keys).show_stream_tags, request) == (401, "APIGW.0301")
