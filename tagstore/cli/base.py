"""What all commands share: their transaction, their faults and their tables."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

import click
import orjson
from flask import Flask
from flask.cli import AppGroup, ScriptInfo, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from tagstore import clock
from tagstore.db import is_out_of_reach, lacks_tables, transaction
from tagstore.errors import Fault, Invalid, InvalidItems, TagstoreError
from tagstore.values import LARGEST_INTEGER, SYSTEM, Actor

DAYS = re.compile(r"([1-9][0-9]{0,4})d")
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a row.")
expires = click.option("--expires", help="After how many days it stops, as in 90d.")
password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)


def group(name: str, words: str) -> AppGroup:
    """Return a group of commands about one noun."""
    return AppGroup(name, help=words)


def command(into: Any, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Add a command to a group; a fault of ours ends it with one clear line and status 1."""

    def add(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with faults_told():
                return function(*args, **kwargs)

        return into.command(name, **options)(run)

    return add


def standalone(name: str, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Return a command that belongs to no group."""

    def make(function: Callable[..., Any]) -> click.Command:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with faults_told():
                return function(*args, **kwargs)

        made: click.Command = click.command(name, **options)(with_appcontext(run))  # type: ignore[no-untyped-call]
        return made

    return make


@contextmanager
def faults_told() -> Iterator[None]:
    """Tell what went wrong on stderr and exit with status 1."""
    try:
        yield
    except InvalidItems as error:
        for fault in error.faults:
            click.echo(_fault_line(fault), err=True)
        sys.exit(1)
    except TagstoreError as error:
        reasons = "; ".join(f"{field} {reason}" for field, reason in error.details.items())
        click.echo(f"{error.message} {reasons}".strip(), err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        if lacks_tables(error):
            click.echo("There is no database here yet. Run `flask db upgrade` first.", err=True)
        elif is_out_of_reach(error):
            click.echo(f"The database cannot be reached: {getattr(error, 'orig', error)}", err=True)
        else:
            raise
        sys.exit(1)


def _fault_line(fault: Fault) -> str:
    return f"item {fault.index}: {fault.field}: {fault.message}"


def the_app() -> Flask:
    """Return the application itself, for threads that need a context of their own."""
    return click.get_current_context().ensure_object(ScriptInfo).load_app()


def reading() -> Any:
    """Return a transaction that only reads."""
    return transaction(writing=False)


def writing() -> Any:
    """Return a transaction that writes."""
    return transaction(writing=True)


def table(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print rows, tabs between, or as JSON a line each."""
    for row in rows:
        if as_json:
            click.echo(orjson.dumps(row).decode())
        else:
            click.echo("\t".join(map(_cell, row.values())))


def listed_and_revoked(
    into: AppGroup,
    words: str,
    rows: Callable[[], list[dict[str, Any]]],
    revoke: Callable[[Actor, int], None],
) -> None:
    """Add to a group of credentials the commands that list and end them.

    `words` says what they are and which columns the list has, parted by a colon.
    """
    several, _, columns = words.partition(":")
    name = into.name

    @command(
        into,
        "list",
        help=f"List the {several} that are not revoked:{columns}.\n\n\b\nflask {name} list --json",
    )
    @as_json
    def list_(as_json: bool) -> None:
        with reading():
            found = rows()
        table(found, as_json=as_json)

    @command(
        into,
        "revoke",
        help=f"End one of the {several}, by the number that the list shows.\n\n\b\n"
        f"flask {name} revoke 7",
    )
    @click.argument("number", type=click.IntRange(1, LARGEST_INTEGER))
    def revoke_(number: int) -> None:
        with writing():
            revoke(SYSTEM, number)


def end_of(expires: str | None) -> datetime | None:
    """Return the moment that is as many days away as the option `--expires` says."""
    if expires is None:
        return None
    match = DAYS.fullmatch(expires)
    if match is None:
        raise Invalid("--expires takes a number of days, as in 90d.")
    return clock.now() + timedelta(days=int(match[1]))


def _cell(value: Any) -> str:
    """Return a value as text that stays in its column and on its line."""
    return "" if value is None else BREAKS.sub(" ", str(value))


def read_password(*, from_stdin: bool) -> str:
    """Return the password that is piped in, or ask for it twice."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer
