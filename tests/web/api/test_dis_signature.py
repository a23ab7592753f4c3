"""The official SDK's signature: what is let in by it, and what is not."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from structlog.testing import capture_logs

from tagstore.services import access_keys, users
from tagstore.values import SYSTEM, Role
from tests.web.api.dis_signer import signed

TAGS = "/v2/frogs/stream/pond.wav/tags"
BODY = orjson.dumps({"tag": {"key": "a", "value": "1"}})
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def keys(work, make):
    with work():
        make.media_file(make.project("frogs", ana=Role.ANNOTATOR), name="pond.wav")
        pair = access_keys.add_key(SYSTEM, users.get_user(SYSTEM, "ana"))
        return pair.access, pair.secret


def code(answer):
    return answer.status_code, answer.json["error_code"]


def test_a_signed_request_is_its_signers(client, keys):
    headers = signed("POST", TAGS, BODY, keys=keys, extra=JSON)

    written = client.post(TAGS, data=BODY, headers=headers)
    read = client.get(TAGS, headers=signed("GET", TAGS, keys=keys))

    assert written.status_code == 204
    assert read.json == {"tags": [{"key": "a", "value": "1"}]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{TAGS}/%E7%AB%99%E7%82%B9", (204, None)),
        (f"{TAGS}/a%2Fb", (400, "DIS.4604")),
        (f"{TAGS}/a%20b~.", (400, "DIS.4604")),
        (f"{TAGS}/a%252Fb", (400, "DIS.4604")),
    ],
)
def test_an_address_is_signed_decoded_and_encoded_anew(client, keys, path, expected):
    body = orjson.dumps({"tag": {"key": "站点"}})
    client.post(TAGS, data=body, headers=signed("POST", TAGS, body, keys=keys, extra=JSON))

    answer = client.delete(path, headers=signed("DELETE", path, keys=keys))

    assert (answer.status_code, answer.json["error_code"] if answer.data else None) == expected


def test_a_query_is_signed_in_order(client, keys):
    headers = signed("GET", TAGS, keys=keys, query="a=1&b=%2F&b=x%20y&c=")

    answer = client.get(f"{TAGS}?c=&b=x%20y&a=1&b=/", headers=headers)

    assert answer.status_code == 200


def test_a_header_beyond_ascii_is_signed_as_utf_8(client, keys):
    headers = signed("GET", TAGS, keys=keys, extra={"X-Note": "池塘"})
    headers["X-Note"] = "池塘".encode().decode("latin-1")

    assert client.get(TAGS, headers=headers).status_code == 200


def test_what_stands_for_the_bodys_hash_is_taken_but_a_wrong_hash_is_not(client, keys):
    def send(content, data=BODY):
        extra = {**JSON, "X-Sdk-Content-Sha256": content}
        headers = signed("POST", TAGS, BODY, keys=keys, extra=extra)
        return client.post(TAGS, data=data, headers=headers)

    assert send("UNSIGNED-PAYLOAD").status_code == 204
    assert code(send("0" * 64)) == (401, "APIGW.0301")


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_date_more_than_fifteen_minutes_off_is_refused(client, keys, minutes):
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    near = datetime.now(UTC) + timedelta(minutes=14 if minutes > 0 else -14)

    far_off = client.get(TAGS, headers=signed("GET", TAGS, keys=keys, at=at))
    near_by = client.get(TAGS, headers=signed("GET", TAGS, keys=keys, at=near))

    assert code(far_off) == (401, "APIGW.0301")
    assert near_by.status_code == 200


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_another_secret_opens_nothing(client, keys, secret):
    answer = client.get(TAGS, headers=signed("GET", TAGS, keys=(keys[0], secret)))

    assert code(answer) == (401, "APIGW.0301")


def test_an_unknown_access_key_opens_nothing(client, keys):
    for access in ("TS", "T" * 500, "é"):
        headers = signed("GET", TAGS, keys=(access, keys[1]))
        answer = client.get(TAGS, headers=headers)
        assert code(answer) == (401, "APIGW.0301")


def test_a_request_that_was_tampered_with_opens_nothing(client, keys):
    other = orjson.dumps({"tag": {"key": "b"}})
    headers = signed("POST", TAGS, BODY, keys=keys, extra=JSON)
    later = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y%m%dT%H%M%SZ")

    answers = [
        client.post(TAGS, data=other, headers=headers),
        client.post(f"{TAGS}?a=1", data=BODY, headers=headers),
        client.post("/v2/frogs/stream/1/tags", data=BODY, headers=headers),
        client.put(TAGS, data=BODY, headers=headers),
        client.post(TAGS, data=BODY, headers={**headers, "X-Sdk-Date": later}),
    ]

    statuses = [answer.status_code for answer in answers]
    assert statuses == [401, 401, 401, 405, 401]


@pytest.mark.parametrize(
    "header",
    [
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=a",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=host;x-sdk-date, Signature=zz",
        f"SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature={'0' * 64}",
        f"SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature={'0' * 64}",
        f"SDK-HMAC-SHA256 Access=a, SignedHeaders=host;x-sdk-date;x-no, Signature={'0' * 64}",
        f"SDK-HMAC-SM3 Access=a, SignedHeaders=host;x-sdk-date, Signature={'0' * 64}",
    ],
)
@pytest.mark.parametrize("date", ["", "20260101T000000Z", "20269999T000000Z", "now", "٢" * 8])
def test_a_signature_that_is_none_is_refused(client, header, date):
    headers = {"Authorization": header, "X-Sdk-Date": date.encode().decode("latin-1")}

    assert code(client.get(TAGS, headers=headers)) == (401, "APIGW.0301")


def test_a_revoked_key_and_one_of_a_disabled_user_open_nothing(client, keys, work, make):
    with work():
        ana = users.get_user(SYSTEM, "ana")
        pair = access_keys.add_key(SYSTEM, ana)
        other = (pair.access, pair.secret)
        access_keys.revoke_key(ana.actor, access_keys.list_keys(ana.actor)[0].id)
    revoked = client.get(TAGS, headers=signed("GET", TAGS, keys=other))
    alive = client.get(TAGS, headers=signed("GET", TAGS, keys=keys))
    with work():
        ana = users.get_user(SYSTEM, "ana")
        ana.disabled_at = ana.created_at

    disabled = client.get(TAGS, headers=signed("GET", TAGS, keys=keys))

    assert [each.status_code for each in (revoked, alive, disabled)] == [401, 200, 401]


def test_neither_secret_nor_signature_is_logged(client, keys):
    headers = signed("GET", TAGS, keys=keys)
    with capture_logs() as lines:
        client.get(TAGS, headers=headers)
        client.get(TAGS, headers={**headers, "X-Sdk-Date": "x"})

    logged = repr(lines)
    assert len(lines) == 2
    assert keys[1] not in logged
    assert headers["Authorization"].rpartition("=")[2] not in logged
