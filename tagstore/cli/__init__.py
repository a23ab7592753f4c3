"""The command line: data on stdout, words on stderr, exit status 0, 1 or 2."""

from flask import Flask

from tagstore.cli import (
    backups,
    imports,
    keys,
    media,
    projects,
    serve,
    tag_sets,
    tokens,
    users,
    wallets,
    write_tokens,
)

GROUPS = (
    *(users.group, tokens.group, keys.group, wallets.group),
    *(projects.group, media.group, tag_sets.sets, tag_sets.classes),
    *(write_tokens.group, imports.tags),
)
COMMANDS = (
    *(serve.serve, serve.worker, serve.demo),
    *(backups.backup, backups.restore, backups.doctor, backups.checksum, backups.copy_from),
)


def init(app: Flask) -> None:
    """Add our commands to `flask`."""
    for command in (*GROUPS, *COMMANDS):
        app.cli.add_command(command)
