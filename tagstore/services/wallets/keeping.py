"""Registering, listing and removing wallets.

Whoever registers an address proves that its key is theirs, by signing a text that names them,
the address and a moment until which it counts. The text carries an HMAC under the server's own
key, so that it must have come from here; nothing is stored until it comes back signed.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from tagstore import clock
from tagstore.config import secret_key
from tagstore.db import db
from tagstore.errors import Conflict, Invalid, NotFound
from tagstore.models import User, Wallet
from tagstore.services import events
from tagstore.services.access import require_admin, require_self
from tagstore.services.depot import depot
from tagstore.services.wallets import ethereum
from tagstore.values import Actor

PURPOSE = b"tagstore wallet\0"
CODE_LENGTH = 32
MOMENT = "%Y-%m-%d %H:%M:%S UTC"
TEXT = re.compile(
    r"Tagstore: the wallet (0x[0-9a-f]{40}) stands for the user .*\. "
    r"Counts until ([-0-9: ]{19} UTC), code [0-9a-f]{32}\.",
    re.ASCII,
)
TEXT_LASTS = timedelta(minutes=15)


def challenge(actor: Actor, address: str) -> str:
    """Return the text that proves an address to be the actor's once its key has signed it."""
    user_id = require_self(actor)
    return _text(actor, user_id, _checked(address), clock.now() + TEXT_LASTS)


def add_wallet(actor: Actor, text: str, signature: str) -> Wallet:
    """Register an address whose key has signed the text that it was to sign."""
    address = _address_in(actor, require_self(actor), text.strip())
    signed = ethereum.read_signature(signature)
    if signed is None:
        raise Invalid("That is no signature.", signature="must be 130 hexadecimal digits")
    if ethereum.recover(text.strip().encode(), signed) != address:
        reason = f"is not that of {address} on this text"
        raise Invalid("That signature will not do.", signature=reason)
    return _add(actor, require_self(actor), address)


def add_wallet_of(actor: Actor, user: User, address: str) -> Wallet:
    """Register an address for somebody, as an administrator who vouches for it."""
    require_admin(actor)
    return _add(actor, user.id, _checked(address))


def _add(actor: Actor, user_id: int, address: str) -> Wallet:
    wallet = Wallet(user_id=user_id, address=address)
    db.session.add(wallet)
    try:
        db.session.flush()  # The constraint says whether the address is free.
    except IntegrityError as error:
        raise Conflict("That address is registered already.") from error
    after = {"id": wallet.id, "user_id": user_id, "address": address}
    events.record(actor, "wallet.added", after=after)
    return wallet


def list_wallets(actor: Actor) -> Sequence[Wallet]:
    """Return the actor's wallets, newest first; the system sees all."""
    return db.session.scalars(
        select(Wallet)
        .options(joinedload(Wallet.user))
        .where(_whose(actor))
        .order_by(Wallet.id.desc())
    ).all()


def remove_wallet(actor: Actor, wallet_id: int) -> None:
    """Let an address stand for nobody any longer."""
    if not actor.is_system:
        require_self(actor)
    wallet = db.session.scalar(select(Wallet).where(Wallet.id == wallet_id, _whose(actor)))
    if wallet is None:
        raise NotFound("No such wallet.")
    db.session.delete(wallet)
    before = {"id": wallet.id, "user_id": wallet.user_id, "address": wallet.address}
    events.record(actor, "wallet.removed", before=before)


def _whose(actor: Actor) -> ColumnElement[bool]:
    return Wallet.user_id == actor.user_id if not actor.is_system else Wallet.id > 0


def _checked(address: str) -> str:
    found = ethereum.read_address(address)
    if found is None:
        raise Invalid("That is no address.", address="must be 0x and 40 hexadecimal digits")
    return found


def _address_in(actor: Actor, user_id: int, text: str) -> str:
    """Return the address that a text of ours speaks of, if it is the actor's and still counts."""
    found = TEXT.fullmatch(text)
    try:
        until = datetime.strptime(found[2] if found else "", MOMENT).replace(tzinfo=UTC)
    except ValueError:
        until = None
    if found is None or until is None or until < clock.now():
        raise Invalid("That text counts no longer. Ask for a new one.", text="counts no longer")
    if not hmac.compare_digest(_text(actor, user_id, found[1], until).encode(), text.encode()):
        raise Invalid("That text is not one of ours. Ask for a new one.", text="is not one of ours")
    return found[1]


def _text(actor: Actor, user_id: int, address: str, until: datetime) -> str:
    """Return the text for an address; it is one line, which no way of copying changes."""
    moment = until.strftime(MOMENT)
    key = secret_key(depot().settings).encode()
    what = PURPOSE + f"{user_id}\0{address}\0{moment}".encode()
    code = hmac.new(key, what, hashlib.sha256).hexdigest()[:CODE_LENGTH]
    return (
        f"Tagstore: the wallet {address} stands for the user {actor.name}. "
        f"Counts until {moment}, code {code}."
    )
