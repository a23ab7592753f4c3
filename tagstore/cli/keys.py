"""flask keys: access and secret key pairs that sign requests."""

from typing import Any

import click

from tagstore.cli.base import command, listed_and_revoked, writing
from tagstore.cli.base import group as new_group
from tagstore.services import access_keys, users
from tagstore.values import SYSTEM

group = new_group("keys", "Access and secret key pairs that sign requests.")


@command(group, "add")
@click.argument("user")
def add(user: str) -> None:
    """Add a key pair for USER and print both, once: access key, blank, secret key.

    \b
    read -r ACCESS SECRET <<< "$(flask keys add ana)"
    """
    with writing():
        pair = access_keys.add_key(SYSTEM, users.get_user(SYSTEM, user))
    click.echo(f"{pair.access} {pair.secret}")


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "id": key.id,
            "user": key.user.name,
            "access": key.access,
            "created_at": key.created_at.isoformat(),
        }
        for key in access_keys.list_keys(SYSTEM)
    ]


listed_and_revoked(
    group,
    "key pairs: number, user, access key, when it was made",
    _rows,
    access_keys.revoke_key,
)
