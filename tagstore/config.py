"""Every setting, its default and its meaning. Nothing else reads the environment."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tagstore.errors import Invalid

VERSION = "0.1.0"
PREFIX = "TAGSTORE_"
WEB_ADDRESS = re.compile(r"https?://[^\s/]\S*")
ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:]*):[0-9]{1,5}")
POSTGRESQL = re.compile(r"^postgres(ql)?(\+psycopg)?://")
REDIS = re.compile(
    r"rediss?://[^/?#\s]+(/[0-9]*)?(\?[^#\s]*)?|unix://([^/?#\s]*@)?/[^?#\s]+(\?[^#\s]*)?"
)
S3_URL = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9_][A-Za-z0-9_.=-]{0,99}){0,8}/?"
)
SWITCHES = {"1": True, "on": True, "true": True, "0": False, "off": False, "false": False}


@dataclass(frozen=True)
class Settings:
    """What an operator may set, one environment variable `TAGSTORE_<NAME>` each."""

    data_dir: Annotated[Path, "Where the database, media files and pictures live."] = Path("data")
    bind: Annotated[str, "Address and port the web server listens on."] = "127.0.0.1:5000"
    database_url: Annotated[
        str,
        "`postgresql://USER:PASSWORD@HOST/NAME`, or `sqlite:///PATH`; empty: SQLite in the data "
        "directory.",
    ] = ""
    redis_url: Annotated[
        str,
        "`redis://HOST:PORT/NUMBER`, `rediss://` with TLS, or `unix:///PATH`: tells workers of "
        "jobs at once; empty: they look for them.",
    ] = ""
    storage_url: Annotated[
        str,
        "`s3://BUCKET` or `s3://BUCKET/PREFIX` for stored files and pictures; empty: a folder in "
        "the data directory.",
    ] = ""
    s3_endpoint: Annotated[
        str, "Address of a server that speaks S3; empty: Amazon's. Credentials are boto3's."
    ] = ""
    secret_key: Annotated[
        str,
        "Signs cookies and gives access keys their secrets; empty: made once and kept in the "
        "data directory, mode 600.",
    ] = ""
    media_roots: Annotated[
        tuple[Path, ...], "Folders, parted by colons, whose files may be registered in place."
    ] = ()
    max_body: Annotated[
        int,
        "Largest request body in bytes, and largest piece of a file that comes in pieces; whole "
        "files have their own.",
    ] = 64 * 2**20
    max_upload: Annotated[int, "Largest uploaded file in bytes."] = 64 * 2**30
    basic_auth: Annotated[bool, "Whether name and password are taken by HTTP Basic."] = True
    proxies: Annotated[int, "How many proxies in front are trusted for address and scheme."] = 0
    public_url: Annotated[str, "Address people use, where it cannot be told from a request."] = ""
    rate_limits: Annotated[bool, "Whether failed credentials are limited."] = True
    signed_tokens: Annotated[
        bool, "Whether tokens signed by an Ethereum wallet are taken by the Eluvio dialect."
    ] = False
    space_id: Annotated[str, "The `qspace_id` that signed tokens must name; empty: any."] = ""
    eth_rpc_url: Annotated[
        str,
        "JSON-RPC address of an Ethereum node that must know a signed token's transaction; "
        "empty: transactions are not looked up.",
    ] = ""
    dis_max_tags: Annotated[int, "Most DIS resource tags on one media file."] = 10
    external_project: Annotated[
        str, "Key of the project for contents that Eluvio's clients tag and nobody registered."
    ] = ""
    processes: Annotated[
        int, "How many web processes serve side by side; 0: one a core, but two at most."
    ] = 0
    workers: Annotated[int, "How many jobs run at once beside the web server."] = 1
    demo: Annotated[bool, "Whether an empty store gets a demo project at the first start."] = True
    log: Annotated[str, "`text` or `json`; empty: text on a terminal, else json."] = ""

    @property
    def media_dir(self) -> Path:
        """The folder of stored files and cached pictures."""
        return self.data_dir / "media"

    @property
    def partials_dir(self) -> Path:
        """The folder of files that are being received piece by piece."""
        return self.media_dir / "partials"

    @property
    def exports_dir(self) -> Path:
        """The folder below which tags are written for other programs."""
        return self.data_dir / "exports"

    @property
    def scratch_dir(self) -> Path:
        """The folder of what is on its way to a storage elsewhere."""
        return self.data_dir / "scratch"

    @property
    def bucket(self) -> tuple[str, str] | None:
        """The bucket that stored files are kept in, and what all keys begin with; or None."""
        return split_s3(self.storage_url) if self.storage_url else None

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address with its default filled in."""
        url = self.database_url or f"sqlite:///{self.data_dir.absolute() / 'tagstore.db'}"
        return POSTGRESQL.sub("postgresql+psycopg://", url)

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None where another engine keeps the tags."""
        engine, _, path = self.sqlalchemy_url.partition(":///")
        return Path(path) if engine.startswith("sqlite") else None


def read_settings(environment: Mapping[str, str] = os.environ) -> tuple[Settings, list[str]]:
    """Return the settings and the names of unknown variables; a bad value is `Invalid`."""
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    unknown = sorted(n for n in environment if n.startswith(PREFIX) and n not in known)
    values = {
        known[name].name: _parse(name, known[name].default, text)
        for name, text in environment.items()
        if name in known and text != ""
    }
    return Settings(**values), unknown


def _parse(name: str, default: Any, text: str) -> Any:
    """Turn a variable's text into the type of its default."""
    if isinstance(default, bool):
        if text.lower() not in SWITCHES:
            raise Invalid(f"{name} must be 1, 0, on or off, not {text!r}.")
        return SWITCHES[text.lower()]
    if isinstance(default, int):
        if not text.isascii() or not text.isdigit():
            raise Invalid(f"{name} must be a whole number, not {text!r}.")
        return int(text)
    if isinstance(default, tuple):
        return tuple(Path(part) for part in text.split(os.pathsep) if part)
    if isinstance(default, Path):
        return Path(text)
    return _checked_text(name, text)


def _checked_text(name: str, text: str) -> str:
    """Return the text if it is one that the setting can take."""
    if name == "TAGSTORE_BIND" and not ADDRESS.fullmatch(text):
        raise Invalid(f"{name} must be HOST:PORT, not {text!r}.")
    if name == "TAGSTORE_DATABASE_URL" and not _is_database(text):
        raise Invalid(f"{name} must begin with postgresql:// or sqlite:///.")
    if name == "TAGSTORE_REDIS_URL" and not _is_redis(text):
        raise Invalid(f"{name} must be redis://HOST:PORT/NUMBER, rediss:// or unix:///PATH.")
    if name == "TAGSTORE_STORAGE_URL" and not S3_URL.fullmatch(text):
        raise Invalid(f"{name} must be s3://BUCKET or s3://BUCKET/PREFIX.")
    if name == "TAGSTORE_LOG" and text not in {"text", "json"}:
        raise Invalid(f"{name} must be text or json, not {text!r}.")
    if name in {"TAGSTORE_ETH_RPC_URL", "TAGSTORE_S3_ENDPOINT"} and not WEB_ADDRESS.fullmatch(text):
        raise Invalid(f"{name} must be an http or https address, not {text!r}.")
    return text


def split_s3(url: str) -> tuple[str, str]:
    """Return the bucket of an `s3://` address, and what keys begin with: nothing, or `…/`."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    prefix = prefix.strip("/")
    return bucket, f"{prefix}/" if prefix else ""


def _is_database(url: str) -> bool:
    """Return whether this is the address of a database that we know how to use."""
    try:
        engine = make_url(url).drivername
    except (ArgumentError, ValueError):
        return False
    return engine == "sqlite" or POSTGRESQL.match(url) is not None


def _is_redis(url: str) -> bool:
    """Return whether this is the address of a Redis server, with options that there are."""
    from redis import ConnectionPool  # Whoever has none need not wait for it.

    try:
        ConnectionPool.from_url(url).make_connection()  # It connects when it is first used.
    except (TypeError, ValueError):
        return False
    return REDIS.fullmatch(url) is not None


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies, making it once when none is set."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    if not path.exists():
        _make_secret_key(path)
    return path.read_text().strip()


def _make_secret_key(path: Path) -> None:
    """Write a new key; of several processes that do so at once, one prevails, and whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
