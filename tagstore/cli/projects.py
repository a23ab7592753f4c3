"""flask projects: projects and who may do what in them."""

import click

from tagstore.cli.base import as_json, command, reading, table, writing
from tagstore.cli.base import group as new_group
from tagstore.services import projects, users
from tagstore.values import SYSTEM, Role

group = new_group("projects", "Projects and their members.")


@command(group, "add")
@click.argument("key")
@click.option("--name", default="", help="What people read.")
@click.option("--owner", help="The user who manages it.")
def add(key: str, name: str, owner: str | None) -> None:
    """Add a project and print its number.

    \b
    flask projects add frogs --name "Frogs of the valley" --owner ana
    """
    with writing():
        user = users.get_user(SYSTEM, owner) if owner else None
        number = projects.add_project(SYSTEM, key, name, user).id
    click.echo(number)


@command(group, "list")
@as_json
def list_(as_json: bool) -> None:
    """List all projects: number, key, name.

    \b
    flask projects list --json
    """
    with reading():
        rows = [
            {"id": project.id, "key": project.key, "name": project.name}
            for project in projects.list_projects(SYSTEM)
        ]
    table(rows, as_json=as_json)


@command(group, "grant")
@click.argument("key")
@click.argument("user")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def grant(key: str, user: str, role: str) -> None:
    """Give USER a role in the project KEY, and print the project's number.

    \b
    flask projects grant frogs bo annotator
    """
    with writing():
        project = projects.get_project(SYSTEM, key)
        projects.grant(SYSTEM, project, user, Role(role))
        number = project.id
    click.echo(number)
