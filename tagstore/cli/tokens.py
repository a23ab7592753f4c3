"""flask tokens: credentials for scripts."""

from typing import Any

import click

from tagstore.cli.base import command, end_of, expires, listed_and_revoked, writing
from tagstore.cli.base import group as new_group
from tagstore.services import credentials, users
from tagstore.values import SYSTEM

group = new_group("tokens", "Credentials for scripts.")


@command(group, "add")
@click.argument("user")
@click.option("--label", default="", help="What the token is for.")
@click.option("--read-only", is_flag=True, help="Changes nothing.")
@expires
def add(user: str, label: str, read_only: bool, expires: str | None) -> None:
    """Add a token for USER and print it, once, alone.

    \b
    TOKEN=$(flask tokens add ana --label "birdnet on the server" --expires 90d)
    """
    expires_at = end_of(expires)
    with writing():
        owner = users.get_user(SYSTEM, user)
        token = credentials.add_token(
            SYSTEM, owner, label, read_only=read_only, expires_at=expires_at
        )
    click.echo(token)


def _rows() -> list[dict[str, Any]]:
    return [
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


listed_and_revoked(
    group,
    "tokens: number, user, beginning, label, read-only, expiry",
    _rows,
    credentials.revoke_token,
)
