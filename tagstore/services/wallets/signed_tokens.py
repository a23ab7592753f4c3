"""Signed tokens, `PAYLOAD.SIGNATURE`: whose they are, and where they count.

PAYLOAD is base64 of a JSON object with `qspace_id`, `qlib_id`, `addr` and `tx_id`; SIGNATURE is
base64 of the personal signature of the PAYLOAD's text, as it is written.
"""

import base64
import binascii
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from tagstore.db import db, transaction
from tagstore.models import User, Wallet
from tagstore.services.depot import depot
from tagstore.services.wallets import chain, ethereum
from tagstore.values import PROJECT_KEY, Actor

FIELDS = ("qspace_id", "qlib_id", "addr", "tx_id")
LONGEST = 4096
STANDARD = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class Claim:
    """What a token says that is in order, and the address that signed it."""

    space: str
    library: str
    address: str
    tx_id: str


def actor_by_signed_token(token: str) -> Actor | None:
    """Return whose wallet signed the token, limited to the project it names, or None."""
    settings = depot().settings
    claim = _claim(token)
    if claim is None or claim.space != (settings.space_id or claim.space):
        return None
    with transaction(writing=False):
        row = db.session.execute(
            select(User.id, User.name, User.is_admin)
            .join(Wallet, Wallet.user_id == User.id)
            .where(Wallet.address == claim.address, User.disabled_at.is_(None))
        ).first()
    if row is None:
        return None
    node = settings.eth_rpc_url
    if node and not chain.has_sent(node, claim.address, claim.tx_id):
        return None
    return Actor(row[0], row[1], is_admin=row[2], only_project=claim.library or None)


def _claim(token: str) -> Claim | None:
    """Return what the token says if its signature is of the address that it names."""
    payload, _, rest = token.partition(".")
    fields, signature = _said(payload), _decoded(rest)
    if fields is None or signature is None or len(token) > LONGEST:
        return None
    space, library, named, tx_id = fields
    if library and not PROJECT_KEY.fullmatch(library):
        return None
    address = ethereum.recover(payload.encode(), signature)
    if address is None or address != ethereum.read_address(named):
        return None
    return Claim(space, library, address, tx_id)


def _said(payload: str) -> list[str] | None:
    """Return the four texts of a payload; one that is not there is empty."""
    data = _decoded(payload)
    try:
        said = orjson.loads(data or b"")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict):
        return None
    texts = ["" if said.get(name) is None else said[name] for name in FIELDS]
    return texts if all(isinstance(each, str) for each in texts) else None


def _decoded(text: str) -> bytes | None:
    """Return the bytes of base64 in either alphabet, with or without padding."""
    bare = text.rstrip("=").translate(STANDARD)
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
