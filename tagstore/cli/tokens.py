"""flask tokens: credentials for scripts."""

import re
from datetime import timedelta

import click

from tagstore import clock
from tagstore.cli.base import as_json, command, reading, table, writing
from tagstore.cli.base import group as new_group
from tagstore.errors import Invalid
from tagstore.services import credentials, users
from tagstore.values import LARGEST_INTEGER, SYSTEM

DAYS = re.compile(r"([1-9][0-9]{0,4})d")

group = new_group("tokens", "Credentials for scripts.")


@command(group, "add")
@click.argument("user")
@click.option("--label", default="", help="What the token is for.")
@click.option("--read-only", is_flag=True, help="Changes nothing.")
@click.option("--expires", help="After how many days it stops, as in 90d.")
def add(user: str, label: str, read_only: bool, expires: str | None) -> None:
    """Add a token for USER and print it, once, alone.

    \b
    TOKEN=$(flask tokens add ana --label "birdnet on the server" --expires 90d)
    """
    expires_at = None
    if expires is not None:
        match = DAYS.fullmatch(expires)
        if match is None:
            raise Invalid("--expires takes a number of days, as in 90d.")
        expires_at = clock.now() + timedelta(days=int(match[1]))
    with writing():
        owner = users.get_user(SYSTEM, user)
        token = credentials.add_token(
            SYSTEM, owner, label, read_only=read_only, expires_at=expires_at
        )
    click.echo(token)


@command(group, "list")
@as_json
def list_(as_json: bool) -> None:
    """List the tokens that are not revoked: number, user, beginning, label, read-only, expiry.

    \b
    flask tokens list --json
    """
    with reading():
        rows = [
            {
                "id": token.id,
                "user": token.user.name,
                "hint": token.hint,
                "label": token.label,
                "read_only": token.read_only,
                "expires_at": token.expires_at and token.expires_at.isoformat(),
            }
            for token in credentials.list_tokens(SYSTEM)
        ]
    table(rows, as_json=as_json)


@command(group, "revoke")
@click.argument("token_id", type=click.IntRange(1, LARGEST_INTEGER))
def revoke(token_id: int) -> None:
    """End a token, by the number that the list shows.

    \b
    flask tokens revoke 7
    """
    with writing():
        credentials.revoke_token(SYSTEM, token_id)
