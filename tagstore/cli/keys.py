"""flask keys: access and secret key pairs that sign requests."""

import click

from tagstore.cli.base import as_json, command, reading, table, writing
from tagstore.cli.base import group as new_group
from tagstore.services import access_keys, users
from tagstore.values import LARGEST_INTEGER, SYSTEM

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


@command(group, "list")
@as_json
def list_(as_json: bool) -> None:
    """List the key pairs that are not revoked: number, user, access key, when it was made.

    \b
    flask keys list --json
    """
    with reading():
        rows = [
            {
                "id": key.id,
                "user": key.user.name,
                "access": key.access,
                "created_at": key.created_at.isoformat(),
            }
            for key in access_keys.list_keys(SYSTEM)
        ]
    table(rows, as_json=as_json)


@command(group, "revoke")
@click.argument("key_id", type=click.IntRange(1, LARGEST_INTEGER))
def revoke(key_id: int) -> None:
    """End a key pair, by the number that the list shows.

    \b
    flask keys revoke 7
    """
    with writing():
        access_keys.revoke_key(SYSTEM, key_id)
