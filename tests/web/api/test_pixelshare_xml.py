"""XML from strangers: nothing is expanded, fetched or believed, and it costs little to refuse."""

import threading
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tagstore.errors import Malformed, TooLarge
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tagstore.web.api.pixelshare.documents import read_document

REFUSED = "XML parse error - document types and entities are not taken"
LAUGHS = "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' if number else '<!ENTITY a0 "lol">'
    for number in range(30)
)
BILLION_LAUGHS = f"<!DOCTYPE r [{LAUGHS}]><TagAddRequest>&a29;</TagAddRequest>"
QUADRATIC = (
    f'<!DOCTYPE r [<!ENTITY a "{"x" * 2**20}">]><TagAddRequest>{"&a;" * 2**20}</TagAddRequest>'
)
HOSTILE = {
    "billion laughs": BILLION_LAUGHS,
    "billion laughs in an attribute": BILLION_LAUGHS.replace(
        "<TagAddRequest>&a29;", '<TagAddRequest a="&a29;">'
    ),
    "quadratic growth": QUADRATIC,
    "a file": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><TagAddRequest>&x;'
    "</TagAddRequest>",
    "parameter entities": '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
    "<TagAddRequest/>",
    "an outer subset": '<!DOCTYPE r SYSTEM "file:///etc/passwd"><TagAddRequest/>',
    "a public identifier": '<!DOCTYPE r PUBLIC "a" "file:///etc/passwd"><TagAddRequest/>',
    "a bare document type": "<!DOCTYPE TagAddRequest><TagAddRequest/>",
    "a notation": '<!DOCTYPE r [<!NOTATION n SYSTEM "x">]><TagAddRequest/>',
    "endless declarations": "<!DOCTYPE r [" + '<!ENTITY a "b">' * 10_000 + "]><TagAddRequest/>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_document_types_and_entities_are_refused_before_anything_is_expanded(text):
    data = text.encode()
    tracemalloc.start()
    begun = time.thread_time()

    with pytest.raises(Malformed) as refused:
        read_document(data)

    took_s = time.thread_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.message == REFUSED
    assert took_s < 0.5
    assert peak < 8 * 2**20


def test_nothing_is_fetched():
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/x"
    documents = [
        f'<!DOCTYPE r SYSTEM "{address}"><r/>',
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{address}">]><r>&x;</r>',
        f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{address}"> %p;]><r/>',
    ]

    for text in documents:
        with pytest.raises(Malformed):
            read_document(text.encode())
    read_document(
        f'<r xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:schemaLocation="a {address}">'
        f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{address}"/></r>'.encode()
    )

    server.shutdown()
    server.server_close()
    thread.join()
    assert asked == []


@pytest.mark.parametrize("closed", [True, False])
def test_a_document_100000_deep_is_refused_at_once(closed):
    data = b"<a>" * 100_000 + b"</a>" * 100_000 * closed
    begun = time.thread_time()

    with pytest.raises(Malformed, match="more than 256 elements in each other"):
        read_document(data)

    assert time.thread_time() - begun < 0.5


def test_a_document_of_very_many_elements_is_refused():
    with pytest.raises(TooLarge, match="100000 elements"):
        read_document(b"<a>" + b"<b/>" * 1_000_000 + b"</a>")


@pytest.mark.parametrize("form", ['<r a="{}"/>', "<r><{}/></r>", "<r><!--{}--></r>", "<r>{}</r>"])
def test_the_largest_of_everything_is_read_in_little_time(form):
    data = form.replace("{}", "x" * (8 * 2**20 - 100)).encode()
    begun = time.thread_time()

    read_document(data)

    assert time.thread_time() - begun < 2.0


MALFORMED = {
    "nothing but space": b"  ",
    "half": b"<r>",
    "two roots": b"<r/><r/>",
    "an entity nobody declared": b"<r>&x;</r>",
    "an HTML entity": b"<r>&nbsp;</r>",
    "NUL": b"<r>\0</r>",
    "NUL by number": b"<r>&#0;</r>",
    "a control character": b"<r>&#1;</r>",
    "a surrogate by number": b"<r>&#xD800;</r>",
    "a surrogate in bytes": b"<r>\xed\xa0\x80</r>",
    "Latin-1": "<r>é</r>".encode("latin-1"),
    "Latin-1, declared": '<?xml version="1.0" encoding="iso-8859-1"?><r>é</r>'.encode("latin-1"),
    "UTF-8 that calls itself UTF-16": b'<?xml version="1.0" encoding="utf-16"?><r/>',
    "UTF-16": "<r>é</r>".encode("utf-16"),
    "UTF-16 without mark": "<r>e</r>".encode("utf-16-le"),
    "UTF-16, the other way round": "<r>e</r>".encode("utf-16-be"),
    "UTF-32": "<r>e</r>".encode("utf-32"),
    "UTF-7": b'<?xml version="1.0" encoding="utf-7"?><r/>',
    "a byte order mark": b"\xef\xbb\xbf<r/>",
    "a name space nobody declared": b"<x:r/>",
    "one attribute twice": b'<r a="1" a="2"/>',
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_xml_is_refused(data):
    with pytest.raises(Malformed, match="XML parse error"):
        read_document(data)


def test_elements_are_read_without_name_spaces():
    root, value = read_document(
        b'<p:R xmlns:p="urn:a" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        b"<p:Tag>\n <Value><![CDATA[ a<b ]]>&amp;&#x1F426;</Value><Id i:nil='true'/> </p:Tag>"
        b"<X>1</X><x>2</x><Empty/></p:R>"
    )

    assert root == "R"
    assert value == {
        "tag": {"value": " a<b &\U0001f426", "id": None},
        "x": ["1", "2"],
        "empty": "",
    }


@pytest.fixture
def post(client, work, make):
    with work():
        make.project("race", ana=Role.ANNOTATOR)
        token = make.token(users.get_user(SYSTEM, "ana"))

    def send(data, kind="application/xml", *, header=True):
        headers = {"Authorization": f"Bearer {token}"} if header else {}
        return client.post("/api/Tags", data=data, content_type=kind, headers=headers)

    return send


@pytest.mark.parametrize("header", [True, False], ids=["known", "stranger"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents_are_400_for_everyone(post, text, header):
    answer = post(text.encode(), header=header)

    state = {"request": [REFUSED]}
    assert answer.status_code == 400
    assert answer.json == {"Message": "The request is invalid.", "ModelState": state}


@pytest.mark.parametrize("header", [True, False], ids=["known", "stranger"])
@pytest.mark.parametrize("size", [8 * 2**20, 64 * 2**20 - 100, 64 * 2**20])
def test_an_attribute_of_64_mib_is_refused_unread(post, size, header):
    data = b'<TagAddRequest a="' + b"x" * size + b'"/>'
    begun = time.thread_time()

    answer = post(data, header=header)

    assert (answer.status_code, list(answer.json)) == (413, ["Message"])
    assert str((8 if len(data) <= 64 * 2**20 else 64) * 2**20) in answer.json["Message"]
    assert time.thread_time() - begun < 1.0


FORMS = {
    "NUL": (b"Tag.Value=%00", 400),
    "no UTF-8": (b"Tag.Value=%ff", 400),
    "a value and parts": (b"Tag=1&Tag.Value=x", 400),
    "parts and a value": (b"Tag.Value=x&Tag=1", 400),
    "a name of very many parts": (b"a." * 100_000 + b"b=1", 400),
    "very many fields": (b"a=1&" * 100_000, 413),
    "one field of 9 MiB": (b"a=" + b"x" * 9 * 2**20, 413),
    "nothing": (b"&", 400),
}


@pytest.mark.parametrize(("data", "status"), FORMS.values(), ids=FORMS)
def test_bad_forms_are_refused(post, data, status):
    answer = post(data, "application/x-www-form-urlencoded")

    assert answer.status_code == status
    assert "Message" in answer.json
