"""Wallets: what proves an address to be one's own, and whose a signature is."""

from datetime import timedelta

import pytest

from tagstore.db import db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tagstore.models import Event
from tagstore.services import users, wallets
from tagstore.services.wallets import ethereum, keeping
from tagstore.values import STRANGER, SYSTEM, Actor
from tests.wallet import Wallet

WALLET = Wallet(1)


@pytest.fixture
def ana(work, make):
    with work():
        return make.user("ana").actor


def proven(actor, wallet=WALLET):
    """Register a wallet as a person does."""
    text = wallets.challenge(actor, wallet.address)
    return wallets.add_wallet(actor, text, wallet.hex(text))


def test_a_signature_of_another_program_gives_the_address_that_made_it():
    # The example in the documentation of eth-account.
    signature = (
        "0xe6ca9bba58c88611fad66a6ce8f996908195593807c4b38bd528d2cff09d4eb3"
        "3e5bfbbf4d3e39b1a2fd816a7680c19ebebaf3a141b239934ad43cb33fcec8ce1c"
    )

    address = ethereum.recover("I♥SF".encode(), ethereum.read_signature(signature))

    assert address == "0x5ce9454909639d2d17a3f753ce7d93fa0b9ab12e"


def test_the_two_ways_to_write_v_mean_the_same():
    signature = WALLET.sign("text")
    other = signature[:-1] + bytes([signature[-1] - 27])

    assert ethereum.recover(b"text", signature) == WALLET.address
    assert ethereum.recover(b"text", other) == WALLET.address


def test_a_tampered_signature_never_gives_the_address():
    signature = WALLET.sign("text")
    tampered = [
        *(signature[:n] + bytes([signature[n] ^ 1]) + signature[n + 1 :] for n in range(65)),
        *(signature[:-1] + bytes([v]) for v in (2, 3, 26, 29, 30, 37, 255)),
        signature[:-1],
        signature + b"\0",
        bytes(65),
        b"\xff" * 64 + b"\x1b",
        b"",
    ]

    assert [each for each in tampered if ethereum.recover(b"text", each) == WALLET.address] == []
    assert ethereum.recover(b"texT", signature) != WALLET.address


@pytest.mark.parametrize("form", [str.upper, str.lower, str.title, lambda text: f"  {text}\n"])
def test_an_address_and_a_signature_are_read_in_any_case_with_or_without_0x(form):
    plain = WALLET.address[2:]

    assert ethereum.read_address(form(f"0x{plain}")) == WALLET.address
    assert ethereum.read_address(form(plain)) == WALLET.address
    assert ethereum.read_signature(form(WALLET.hex("text"))) == WALLET.sign("text")
    assert ethereum.read_signature(form(WALLET.sign("text").hex())) == WALLET.sign("text")


@pytest.mark.parametrize("text", ["", "0x", "0x" + "0" * 39, "0" * 41, "0x" + "g" * 40, "٣" * 40])
def test_what_is_no_address_is_none(text):
    assert ethereum.read_address(text) is None
    assert ethereum.read_signature(text) is None


def test_the_text_names_tagstore_the_address_and_the_user(work, ana):
    with work():
        text = wallets.challenge(ana, WALLET.address.upper())

    assert text.startswith(f"Tagstore: the wallet {WALLET.address} stands for the user ana. ")
    assert text.isprintable()


def test_a_signed_text_registers_the_address(work, ana):
    with work():
        proven(ana)
        [event] = db.session.scalars(db.select(Event).where(Event.kind == "wallet.added"))

        assert [each.address for each in wallets.list_wallets(ana)] == [WALLET.address]
        after = {"id": 1, "user_id": ana.user_id, "address": WALLET.address}
        assert (event.actor_name, event.after) == ("ana", after)


def test_the_text_of_one_is_nothing_to_another(work, ana, make):
    with work():
        otto = make.user("otto").actor
        text = wallets.challenge(ana, WALLET.address)

        forged = text.replace("user ana", "user otto")

        with pytest.raises(Invalid) as caught:
            wallets.add_wallet(otto, text, WALLET.hex(text))
        with pytest.raises(Invalid):
            wallets.add_wallet(otto, forged, WALLET.hex(forged))

    assert caught.value.details == {"text": "is not one of ours"}


def test_a_text_counts_for_a_quarter_of_an_hour_that_nobody_can_lengthen(work, ana, monkeypatch):
    with work():
        text = wallets.challenge(ana, WALLET.address)
        year = text[text.index("until ") + 6 :][:4]
        longer = text.replace(f"until {year}", f"until {int(year) + 1}")
        with pytest.raises(Invalid):
            wallets.add_wallet(ana, longer, WALLET.hex(longer))
        later = keeping.clock.now() + keeping.TEXT_LASTS + timedelta(seconds=1)
        monkeypatch.setattr(keeping.clock, "now", lambda: later)

        with pytest.raises(Invalid) as caught:
            wallets.add_wallet(ana, text, WALLET.hex(text))

    assert caught.value.details == {"text": "counts no longer"}


@pytest.mark.parametrize("spoil", [str.upper, lambda text: text + "x", lambda _: "", str.title])
def test_a_text_that_is_not_ours_registers_nothing(work, ana, spoil):
    with work():
        text = spoil(wallets.challenge(ana, WALLET.address))

        with pytest.raises(Invalid):
            wallets.add_wallet(ana, text, WALLET.hex(text))

        assert wallets.list_wallets(ana) == []


def test_the_signature_of_another_wallet_registers_nothing(work, ana):
    with work():
        text = wallets.challenge(ana, WALLET.address)

        with pytest.raises(Invalid) as caught:
            wallets.add_wallet(ana, text, Wallet(2).hex(text))

    assert caught.value.details == {"signature": f"is not that of {WALLET.address} on this text"}


def test_an_address_stands_for_one_user_and_nobody_is_told_whom(work, ana, make):
    with work():
        proven(ana)
    with pytest.raises(Conflict) as caught, work():
        proven(make.user("otto").actor)

    assert (caught.value.message, caught.value.details) == (
        "That address is registered already.",
        {},
    )


def test_only_its_owner_removes_a_wallet_and_the_address_is_free_again(work, ana, make):
    with work():
        otto = make.user("otto").actor
        wallet_id = proven(ana).id
        with pytest.raises(NotFound):
            wallets.remove_wallet(otto, wallet_id)

        wallets.remove_wallet(ana, wallet_id)

        assert wallets.list_wallets(ana) == []
        assert proven(otto).address == WALLET.address


def test_strangers_and_credentials_that_only_read_register_nothing(work, ana):
    reading = Actor(ana.user_id, "ana", read_only=True)
    with work():
        with pytest.raises(Unauthenticated):
            wallets.challenge(STRANGER, WALLET.address)
        with pytest.raises(Forbidden):
            wallets.challenge(reading, WALLET.address)


def test_only_administrators_vouch_for_the_wallet_of_another(work, ana, make):
    with work():
        otto, root = make.user("otto"), make.user("root", is_admin=True).actor
        with pytest.raises(Forbidden):
            wallets.add_wallet_of(ana, otto, WALLET.address)

        wallets.add_wallet_of(root, otto, WALLET.address)

        assert [each.address for each in wallets.list_wallets(otto.actor)] == [WALLET.address]
        assert wallets.list_wallets(root) == []


def test_a_wallet_of_someone_who_was_disabled_signs_in_nobody(app, work, ana):
    with work():
        proven(ana)
    with app.app_context():
        before = wallets.actor_by_signed_token(WALLET.token())
    with work():
        users.disable_user(SYSTEM, users.get_user(SYSTEM, "ana"))

    with app.app_context():
        assert (before, wallets.actor_by_signed_token(WALLET.token())) == (ana, None)
