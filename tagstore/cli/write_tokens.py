"""flask write-tokens: leave to write a project's tags to a folder."""

from typing import Any

import click

from tagstore.cli.base import command, end_of, expires, listed_and_revoked, writing
from tagstore.cli.base import group as new_group
from tagstore.services import projects, writes
from tagstore.values import SYSTEM

group = new_group("write-tokens", "Leave to write a project's tags to a folder.")


@command(group, "add")
@click.argument("name")
@click.option("--project", required=True, help="The project's key.")
@click.option(
    "--to",
    required=True,
    help="A folder below exports in the data directory, or s3://BUCKET/PREFIX.",
)
@expires
def add(name: str, project: str, to: str, expires: str | None) -> None:
    """Add a write token called NAME and print it, once, alone.

    In it, {qid} stands for the id of the content whose tags are written.

    \b
    WRITE=$(flask write-tokens add editors --project films --to films/{qid} --expires 90d)
    WRITE=$(flask write-tokens add editors --project films --to s3://fabric/films/{qid})
    """
    expires_at = end_of(expires)
    with writing():
        found = projects.get_project(SYSTEM, project)
        token = writes.add_write_token(SYSTEM, found, name, to, expires_at)
    click.echo(token)


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "id": token.id,
            "project": token.project.key,
            "hint": token.hint,
            "name": token.name,
            "destination": token.destination,
            "expires_at": token.expires_at and token.expires_at.isoformat(),
        }
        for token in writes.list_write_tokens(SYSTEM)
    ]


listed_and_revoked(
    group,
    "write tokens: number, project, beginning, name, destination, expiry",
    _rows,
    writes.revoke_write_token,
)
