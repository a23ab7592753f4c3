"""flask users: people and machine accounts."""

import click

from tagstore.cli.base import (
    as_json,
    command,
    password_stdin,
    read_password,
    reading,
    table,
    writing,
)
from tagstore.cli.base import (
    group as new_group,
)
from tagstore.services import users
from tagstore.services.passwords import hash_password
from tagstore.values import SYSTEM

group = new_group("users", "People and machine accounts.")


@command(group, "add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="May do everything.")
@click.option("--no-password", is_flag=True, help="Signs in by token only.")
@password_stdin
def add(name: str, admin: bool, no_password: bool, password_stdin: bool) -> None:
    """Add a user and print their number.

    \b
    flask users add ana --admin
    pwgen 16 1 | flask users add bo --password-stdin
    """
    password = None if no_password else hash_password(read_password(from_stdin=password_stdin))
    with writing():
        user = users.add_user(SYSTEM, name, password, is_admin=admin)
        click.echo(user.id)


@command(group, "list")
@as_json
def list_(as_json: bool) -> None:
    """List everyone: number, name, admin or not, disabled or not."""
    with reading():
        rows = [
            {
                "id": user.id,
                "name": user.name,
                "is_admin": user.is_admin,
                "disabled": user.disabled_at is not None,
            }
            for user in users.list_users(SYSTEM)
        ]
    table(rows, as_json=as_json)


@command(group, "disable")
@click.argument("name")
def disable(name: str) -> None:
    """Keep a user from signing in."""
    with writing():
        users.disable_user(SYSTEM, users.get_user(SYSTEM, name))
    click.echo(f"{name} can no longer sign in.", err=True)
