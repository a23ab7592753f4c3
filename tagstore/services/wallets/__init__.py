"""Wallets: Ethereum addresses whose signatures stand for users."""

from tagstore.services.wallets.keeping import (
    add_wallet,
    add_wallet_of,
    challenge,
    list_wallets,
    remove_wallet,
)
from tagstore.services.wallets.signed_tokens import actor_by_signed_token

__all__ = [
    "actor_by_signed_token",
    "add_wallet",
    "add_wallet_of",
    "challenge",
    "list_wallets",
    "remove_wallet",
]
