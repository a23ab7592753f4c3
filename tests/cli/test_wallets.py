"""flask wallets: whose signatures stand for whom."""

import json

import pytest

from tagstore.services import wallets
from tests.wallet import Wallet

WALLET = Wallet(1)


@pytest.fixture(autouse=True)
def ana(work, make):
    with work():
        return make.user("ana").actor


def test_a_wallet_that_was_added_stands_for_its_user(flask, app, ana):
    assert flask("wallets", "add", "ANA", WALLET.address.upper()) == ("1\n", "", 0)
    with app.app_context():
        assert wallets.actor_by_signed_token(WALLET.token()) == ana


def test_the_list_shows_whose_each_is(flask):
    flask("wallets", "add", "ana", WALLET.address)

    plain, as_json = flask("wallets", "list"), flask("wallets", "list", "--json")

    assert plain.out.split("\t")[:3] == ["1", "ana", WALLET.address]
    assert list(json.loads(as_json.out)) == ["id", "user", "address", "created_at"]


def test_a_revoked_wallet_stands_for_nobody(flask, app):
    flask("wallets", "add", "ana", WALLET.address)

    assert flask("wallets", "revoke", "1") == ("", "", 0)
    assert flask("wallets", "list").out == ""
    with app.app_context():
        assert wallets.actor_by_signed_token(WALLET.token()) is None


@pytest.mark.parametrize(
    ("user", "address", "said"),
    [
        ("nobody", WALLET.address, "There is no user named 'nobody'.\n"),
        ("ana", "0x12", "That is no address. address must be 0x and 40 hexadecimal digits\n"),
    ],
)
def test_what_makes_no_sense_is_said(flask, user, address, said):
    assert flask("wallets", "add", user, address) == ("", said, 1)


def test_an_address_stands_for_one_user_only(flask, work, make):
    with work():
        make.user("otto")
    flask("wallets", "add", "ana", WALLET.address)

    ended = flask("wallets", "add", "otto", WALLET.address)

    assert ended == ("", "That address is registered already.\n", 1)
