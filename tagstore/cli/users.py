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
        number = users.add_user(SYSTEM, name, password, is_admin=admin).id
    click.echo(number)


@command(group, "list")
@as_json
def list_(as_json: bool) -> None:
    """List everyone: number, name, admin or not, disabled or not.

    \b
    flask users list --json
    """
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
    """Keep a user from signing in, and print their number.

    \b
    flask users disable ana
    """
    with writing():
        user = users.get_user(SYSTEM, name)
        users.disable_user(SYSTEM, user)
        number = user.id
    click.echo(number)
