"""Signed tokens of the Eluvio dialect: whom they let in, and where."""

import base64
import dataclasses
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tagstore.services import depot, projects, users, wallets
from tagstore.services.wallets import chain
from tagstore.values import SYSTEM, Role
from tests.wallet import Wallet

FROGS = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
BIRDS = "iq__4Zi4NjhZfjUEdiMGfHduW5kLr3HY"
SPACE = "ispc3ANoVSzNA3P6t7abLR69ho5YPPZU"
WALLET = Wallet(1)
TX = "0x" + "ab" * 32
REFUSED = {"error": "That signed token is not valid here.", "code": 401}


class Node:
    """An Ethereum node that knows some receipts; `broken` is what it sends instead."""

    def __init__(self):
        self.receipts, self.asked, self.broken = {}, [], None
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                node.asked.append((call["method"], call["params"]))
                result = node.receipts.get(call["params"][0])
                reply = {"jsonrpc": "2.0", "id": call["id"], "result": result}
                status, body = node.broken or (200, json.dumps(reply).encode())
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def node():
    node = Node()
    yield node
    node.close()


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, signed_tokens=True)


@pytest.fixture(autouse=True)
def ana(work, make):
    """Ana tags frogs and birds, each with a content, and has registered a wallet."""
    with work():
        ana = make.user("ana")
        for key, qid in (("frogs", FROGS), ("birds", BIRDS)):
            project = make.project(key)
            make.media_file(project).qid = qid
            projects.grant(SYSTEM, project, "ana", Role.ANNOTATOR)
        text = wallets.challenge(ana.actor, WALLET.address)
        wallets.add_wallet(ana.actor, text, WALLET.hex(text))


@pytest.fixture
def reconfigure(app, monkeypatch):
    """Return a function that changes settings of the running application."""
    monkeypatch.setattr(chain, "_remembered", {})

    def change(**values):
        app.settings = dataclasses.replace(app.settings, **values)
        depot.open_depot(app.settings)

    return change


def ask(client, token, qid=FROGS):
    return client.get(f"/{qid}/tracks", headers={"Authorization": f"Bearer {token}"})


def sealed(said, wallet=WALLET, encode=base64.b64encode):
    """Return a token of any payload, in any base64."""
    payload = encode(said).decode()
    return f"{payload}.{encode(wallet.sign(payload)).decode()}"


def test_a_token_signed_by_a_registered_wallet_opens_what_its_user_may_see(client):
    answers = [ask(client, WALLET.token(), qid) for qid in (FROGS, BIRDS)]

    assert [(each.status_code, each.json) for each in answers] == [(200, {"tracks": []})] * 2


def test_it_may_stand_in_the_address(client):
    tokens = (WALLET.token(qspace_id=f"ispc{number}") for number in itertools.count())
    token = next(each for each in tokens if "+" in each)

    quoted = client.get(f"/{FROGS}/tracks", query_string={"authorization": f" {token} "})
    bare = client.get(f"/{FROGS}/tracks?authorization={token}")

    assert (quoted.status_code, bare.status_code) == (200, 200)


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("strip", [str, lambda token: token.replace("=", "")])
def test_both_alphabets_are_read_with_and_without_padding(client, encode, strip):
    said = json.dumps({"addr": WALLET.address, "qspace_id": "ÿ~ÿ?>"}, ensure_ascii=False).encode()
    payload = strip(encode(said).decode())
    token = f"{payload}.{strip(encode(WALLET.sign(payload)).decode())}"

    assert ask(client, token).status_code == 200


@pytest.mark.parametrize("form", [str.upper, lambda a: a[2:], lambda a: "0X" + a[2:].upper()])
def test_the_address_may_be_written_in_any_case(client, form):
    assert ask(client, WALLET.token(addr=form(WALLET.address))).status_code == 200


def test_a_token_of_one_project_opens_nothing_else(client):
    token = WALLET.token(qlib_id="frogs")

    there, elsewhere = ask(client, token, FROGS), ask(client, token, BIRDS)

    assert there.status_code == 200
    assert (elsewhere.status_code, elsewhere.json["code"]) == (401, 401)
    assert ask(client, WALLET.token(qlib_id="newts")).status_code == 401


def test_a_wallet_opens_no_more_than_its_user_may_see(client, work, make):
    with work():
        make.user("otto")
        actor = users.get_user(SYSTEM, "otto").actor
        text = wallets.challenge(actor, Wallet(2).address)
        wallets.add_wallet(actor, text, Wallet(2).hex(text))

    assert ask(client, Wallet(2).token()).status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        Wallet(2).token(),
        Wallet(2).token(addr=WALLET.address),
        WALLET.token(addr=Wallet(2).address),
        WALLET.token(addr=""),
        WALLET.token(addr=1),
        WALLET.token(qspace_id=["x"]),
        WALLET.token(qlib_id=False),
        WALLET.token(qlib_id=[]),
        WALLET.token(qlib_id="no key\0"),
        WALLET.token()[:-8] + "AAAAAAA=",
        WALLET.token() + ".",
        WALLET.token().replace(".", ".A"),
        WALLET.token().partition(".")[0] + ".",
        "." + WALLET.token().partition(".")[2],
        ".",
        "é.é",
        "a.b",
        sealed(b"[]"),
        sealed(b"null"),
        sealed(b"not json"),
        sealed(b"\xff"),
        sealed(b"{}"),
        sealed(json.dumps({"addr": WALLET.address, "pad": "x" * 5000}).encode()),
    ],
)
def test_anything_off_is_refused(client, token):
    answer = ask(client, token.encode().decode("latin-1"))

    assert (answer.status_code, answer.json) == (401, REFUSED)


def test_the_space_must_be_this_servers_when_it_has_one(client, reconfigure):
    reconfigure(space_id=SPACE)

    good, other, none = (ask(client, WALLET.token(qspace_id=each)) for each in (SPACE, "x", ""))

    assert (good.status_code, other.status_code, none.status_code) == (200, 401, 401)


def test_signed_tokens_are_off_unless_they_are_switched_on(client, reconfigure):
    reconfigure(signed_tokens=False)

    assert ask(client, WALLET.token()).status_code == 401


def test_failures_are_limited_and_a_good_token_works_even_then(client):
    answers = [ask(client, Wallet(2).token()).status_code for _ in range(11)]

    assert answers == [401] * 10 + [429]
    assert ask(client, WALLET.token()).status_code == 200


def test_no_token_reaches_a_log(client, capfd):
    token, bad = WALLET.token(), Wallet(2).token()

    client.get(f"/{FROGS}/tracks", query_string={"authorization": token})
    ask(client, bad)

    written = "".join(capfd.readouterr())
    assert '"event": "request"' in written
    assert [each for each in (token, bad) if each.partition(".")[0] in written] == []


def test_a_transaction_that_succeeded_and_is_of_the_address_lets_in(client, node, reconfigure):
    reconfigure(eth_rpc_url=node.url)
    node.receipts[TX] = {"status": "0x1", "from": WALLET.address.upper().replace("0X", "0x")}

    answers = [ask(client, WALLET.token(tx_id=TX)).status_code for _ in range(3)]

    assert answers == [200] * 3
    assert node.asked == [("eth_getTransactionReceipt", [TX])]


@pytest.mark.parametrize(
    "receipt",
    [
        None,
        {"status": "0x0", "from": WALLET.address},
        {"status": "0x1", "from": Wallet(2).address},
        {"status": "0x1"},
        {"from": WALLET.address},
        {"status": 1, "from": WALLET.address},
        "0x1",
    ],
)
def test_any_other_transaction_does_not(client, node, reconfigure, receipt):
    reconfigure(eth_rpc_url=node.url)
    node.receipts[TX] = receipt

    answer = ask(client, WALLET.token(tx_id=TX))

    assert (answer.status_code, answer.json) == (401, REFUSED)
    assert len(node.asked) == 1


@pytest.mark.parametrize("tx_id", ["", "0x12", "latest", TX + "00", ["x"]])
def test_what_is_no_transaction_is_not_asked_about(client, node, reconfigure, tx_id):
    reconfigure(eth_rpc_url=node.url)

    assert ask(client, WALLET.token(tx_id=tx_id)).status_code == 401
    assert node.asked == []


def test_a_strangers_token_asks_the_node_nothing(client, node, reconfigure):
    reconfigure(eth_rpc_url=node.url)
    node.receipts[TX] = {"status": "0x1", "from": Wallet(2).address}

    assert ask(client, Wallet(2).token(tx_id=TX)).status_code == 401
    assert node.asked == []


@pytest.mark.parametrize(
    "broken",
    [
        (500, b"oops"),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"limit"}}'),
    ],
)
def test_a_node_that_cannot_say_is_no_fault_of_the_token(client, node, reconfigure, broken):
    reconfigure(eth_rpc_url=node.url)
    node.broken = broken

    answer = ask(client, WALLET.token(tx_id=TX))

    assert (answer.status_code, answer.json["code"]) == (503, 503)
    assert int(answer.headers["Retry-After"]) > 0


def test_so_is_one_that_is_not_there(client, node, reconfigure):
    reconfigure(eth_rpc_url=node.url)
    node.close()

    assert ask(client, WALLET.token(tx_id=TX)).status_code == 503
