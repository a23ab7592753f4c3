"""flask tag-sets and flask tag-classes: layers of tags, and what tags may say."""

import click

from tagstore.cli.base import command, group, writing
from tagstore.errors import NotFound
from tagstore.services import projects, tag_sets, vocabularies
from tagstore.values import SYSTEM

sets = group("tag-sets", "Named layers of tags.")
classes = group("tag-classes", "What tags may say.")
project_option = click.option("--project", required=True, help="The project's key.")


@command(sets, "add")
@click.argument("name")
@project_option
def add_set(name: str, project: str) -> None:
    """Add a tag set and print its number.

    \b
    flask tag-sets add "survey 2026" --project frogs
    """
    with writing():
        found = projects.get_project(SYSTEM, project)
        number = tag_sets.add_tag_set(SYSTEM, found, name).id
    click.echo(number)


@command(classes, "add")
@click.argument("identifier")
@project_option
@click.option("--label", default="", help="What people read; default: the identifier.")
@click.option("--group", "group_key", help="The vocabulary's key; default: default.")
def add_class(identifier: str, project: str, label: str, group_key: str | None) -> None:
    """Add a class and print its number.

    \b
    flask tag-classes add wren --project frogs --label "Winter wren"
    """
    with writing():
        found = projects.get_project(SYSTEM, project)
        groups = {each.key: each for each in vocabularies.list_groups(SYSTEM, found)}
        if group_key not in {None, vocabularies.DEFAULT_GROUP, *groups}:
            raise NotFound(f"The project has no vocabulary {group_key!r}.")
        into = groups.get(group_key or vocabularies.DEFAULT_GROUP)
        number = vocabularies.add_class(SYSTEM, found, identifier, label=label, group=into).id
    click.echo(number)
