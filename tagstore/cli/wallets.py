"""flask wallets: Ethereum addresses whose signatures stand for users."""

from typing import Any

import click

from tagstore.cli.base import command, listed_and_revoked, writing
from tagstore.cli.base import group as new_group
from tagstore.services import users, wallets
from tagstore.values import SYSTEM

group = new_group("wallets", "Ethereum addresses whose signatures stand for users.")


@command(group, "add")
@click.argument("user")
@click.argument("address")
def add(user: str, address: str) -> None:
    """Let the signatures of ADDRESS stand for USER, and print the wallet's number.

    Nobody is asked to prove that the address is USER's, as the profile page does.

    \b
    flask wallets add detector 0x7e5f4552091a69125d5dfcb7b8c2659029395bdf
    """
    with writing():
        owner = users.get_user(SYSTEM, user)
        number = wallets.add_wallet_of(SYSTEM, owner, address).id
    click.echo(number)


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "id": wallet.id,
            "user": wallet.user.name,
            "address": wallet.address,
            "created_at": wallet.created_at.isoformat(),
        }
        for wallet in wallets.list_wallets(SYSTEM)
    ]


listed_and_revoked(
    group,
    "wallets: number, user, address, when it was registered",
    _rows,
    wallets.remove_wallet,
)
