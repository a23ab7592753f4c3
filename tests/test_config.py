"""Every setting: its default, how its text is read, and what is said of a bad one."""

import multiprocessing
import os
import re
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from tagstore.config import Settings, read_settings, secret_key
from tagstore.errors import Invalid

ROOT = Path(__file__).parent.parent

DEFAULTS = {
    "data_dir": Path("data"),
    "bind": "127.0.0.1:5000",
    "database_url": "",
    "redis_url": "",
    "storage_url": "",
    "s3_endpoint": "",
    "secret_key": "",
    "media_roots": (),
    "max_body": 67_108_864,
    "max_upload": 68_719_476_736,
    "basic_auth": True,
    "proxies": 0,
    "public_url": "",
    "rate_limits": True,
    "signed_tokens": False,
    "space_id": "",
    "eth_rpc_url": "",
    "dis_max_tags": 10,
    "external_project": "",
    "processes": 0,
    "workers": 1,
    "demo": True,
    "log": "",
}

READ = [
    ("data_dir", "/srv/tags", Path("/srv/tags")),
    ("bind", "0.0.0.0:80", "0.0.0.0:80"),
    ("bind", "[::1]:5000", "[::1]:5000"),
    ("bind", ":5000", ":5000"),
    ("database_url", "sqlite:////srv/tags.db", "sqlite:////srv/tags.db"),
    ("redis_url", "redis://cache:6379/0", "redis://cache:6379/0"),
    ("redis_url", "rediss://u:p@cache/?ssl_ca_certs=/ca", "rediss://u:p@cache/?ssl_ca_certs=/ca"),
    ("redis_url", "unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1"),
    ("storage_url", "s3://sounds", "s3://sounds"),
    ("storage_url", "s3://sounds.example.org/tags/a/", "s3://sounds.example.org/tags/a/"),
    ("s3_endpoint", "http://minio:9000", "http://minio:9000"),
    ("secret_key", "hush", "hush"),
    ("media_roots", "/a:/b c", (Path("/a"), Path("/b c"))),
    ("media_roots", ":/a::", (Path("/a"),)),
    ("max_body", "1", 1),
    ("max_upload", "0", 0),
    ("basic_auth", "0", False),
    ("basic_auth", "on", True),
    ("proxies", "2", 2),
    ("public_url", "https://tags.example.org", "https://tags.example.org"),
    ("rate_limits", "OFF", False),
    ("rate_limits", "true", True),
    ("signed_tokens", "1", True),
    ("space_id", "ispc1", "ispc1"),
    ("eth_rpc_url", "http://node:8545", "http://node:8545"),
    ("external_project", "films", "films"),
    ("processes", "8", 8),
    ("workers", "4", 4),
    ("demo", "False", False),
    ("log", "json", "json"),
    ("log", "text", "text"),
]

BAD = [
    ("bind", "5000", "TAGSTORE_BIND must be HOST:PORT, not '5000'."),
    ("bind", "localhost", "TAGSTORE_BIND must be HOST:PORT, not 'localhost'."),
    ("bind", "localhost:http", "TAGSTORE_BIND must be HOST:PORT, not 'localhost:http'."),
    ("bind", "localhost:٣", "TAGSTORE_BIND must be HOST:PORT, not 'localhost:٣'."),
    ("max_body", "64M", "TAGSTORE_MAX_BODY must be a whole number, not '64M'."),
    ("max_upload", "-1", "TAGSTORE_MAX_UPLOAD must be a whole number, not '-1'."),
    ("proxies", "1.5", "TAGSTORE_PROXIES must be a whole number, not '1.5'."),
    ("workers", "²", "TAGSTORE_WORKERS must be a whole number, not '²'."),
    ("basic_auth", "maybe", "TAGSTORE_BASIC_AUTH must be 1, 0, on or off, not 'maybe'."),
    ("rate_limits", "2", "TAGSTORE_RATE_LIMITS must be 1, 0, on or off, not '2'."),
    ("demo", "nope", "TAGSTORE_DEMO must be 1, 0, on or off, not 'nope'."),
    (
        "eth_rpc_url",
        "file:///etc/passwd",
        "TAGSTORE_ETH_RPC_URL must be an http or https address, not 'file:///etc/passwd'.",
    ),
    (
        "s3_endpoint",
        "minio:9000",
        "TAGSTORE_S3_ENDPOINT must be an http or https address, not 'minio:9000'.",
    ),
    *(
        (
            "storage_url",
            text,
            "TAGSTORE_STORAGE_URL must be s3://BUCKET or s3://BUCKET/PREFIX.",
        )
        for text in (
            *("s3://", "s3:///tags", "s3://A", "s3://ab/../c", "s3://sounds//x", "S3://sounds"),
            *("/srv/media", "file:///srv/media", "https://sounds", "s3://sounds/a b"),
            *("s3://sounds/tags?x=1", "s3://key:secret@sounds/tags", "s3://sounds\n"),
        )
    ),
    ("log", "xml", "TAGSTORE_LOG must be text or json, not 'xml'."),
]


REDIS = "TAGSTORE_REDIS_URL must be redis://HOST:PORT/NUMBER, rediss:// or unix:///PATH."
NO_REDIS = [
    *("cache:6379", "http://cache", "redis://", "redis:///0", "unix://", "unix://run/redis.sock"),
    *("redis://cache:port", "redis://cache:99999", "redis://cache/name", "redis://cache/0/1"),
    *("redis://cache?colour=red", "redis://cache?socket_timeout=soon", "redis://ca che"),
]


def read(**variables):
    return read_settings({f"TAGSTORE_{name.upper()}": text for name, text in variables.items()})


def test_every_setting_has_the_default_that_is_written_here():
    settings, _ = read()

    assert vars(settings) == DEFAULTS


def test_every_setting_says_what_it_means_in_a_sentence():
    silent = [
        field.name
        for field in fields(Settings)
        if not re.fullmatch(r"\S.+\.", getattr(field.type, "__metadata__", ("",))[0])
    ]

    assert silent == []


@pytest.mark.parametrize(("name", "text", "value"), READ)
def test_a_variable_is_read_as_its_setting_means_it(name, text, value):
    settings, unknown = read(**{name: text})

    assert (getattr(settings, name), unknown) == (value, [])


@pytest.mark.parametrize("name", DEFAULTS)
def test_an_empty_variable_leaves_the_default(name):
    settings, _ = read(**{name: ""})

    assert getattr(settings, name) == DEFAULTS[name]


@pytest.mark.parametrize(("name", "text", "message"), BAD)
def test_a_bad_value_is_named_in_one_line(name, text, message):
    with pytest.raises(Invalid) as caught:
        read(**{name: text})

    assert caught.value.message == message


@pytest.mark.parametrize("text", NO_REDIS)
def test_what_is_no_address_of_a_redis_server_is_named_without_its_password(text):
    with pytest.raises(Invalid) as caught:
        read(redis_url=text)

    assert caught.value.message == REDIS


def test_unknown_variables_of_ours_are_returned_and_others_are_none_of_our_business():
    _, unknown = read_settings({"TAGSTORE_DATADIR": "x", "TAGSTORE_": "", "PATH": "/bin"})

    assert unknown == ["TAGSTORE_", "TAGSTORE_DATADIR"]


def test_the_database_is_in_the_data_directory_unless_it_is_said():
    assert Settings(data_dir=Path("/d")).sqlalchemy_url == "sqlite:////d/tagstore.db"
    for written in ("postgresql://x", "postgres://x", "postgresql+psycopg://x"):
        assert Settings(database_url=written).sqlalchemy_url == "postgresql+psycopg://x"


def test_a_storage_is_a_bucket_and_what_all_its_keys_begin_with():
    read = [
        Settings(storage_url=url).bucket
        for url in ("", "s3://sounds", "s3://sounds/", "s3://sounds/tags", "s3://sounds/tags/a/")
    ]

    assert read == [
        None, ("sounds", ""), ("sounds", ""), ("sounds", "tags/"), ("sounds", "tags/a/"),
    ]  # fmt: skip


def flask(tmp_path, **variables):
    environment = {
        **os.environ,
        "TAGSTORE_DATA_DIR": str(tmp_path / "data"),
        "TAGSTORE_LOG": "json",
        **{f"TAGSTORE_{name}": text for name, text in variables.items()},
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "routes"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bad_value_stops_the_start_with_one_clear_line(tmp_path):
    ended = flask(tmp_path, WORKERS="many")

    assert (ended.returncode, ended.stdout, ended.stderr) == (
        1,
        "",
        "TAGSTORE_WORKERS must be a whole number, not 'many'.\n",
    )
    assert not (tmp_path / "data").exists()


def test_an_unknown_variable_is_warned_of_and_stops_nothing(tmp_path):
    ended = flask(tmp_path, WROKERS="2")

    assert ended.returncode == 0
    assert '"variable": "TAGSTORE_WROKERS"' in ended.stderr


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    settings = Settings(data_dir=tmp_path)

    first, second = secret_key(settings), secret_key(settings)

    assert first == second
    assert re.fullmatch(r"[0-9a-f]{64}", first)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_key_that_is_set_is_taken_and_nothing_is_written(tmp_path):
    settings = Settings(data_dir=tmp_path, secret_key="hush")

    assert secret_key(settings) == "hush"
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_an_operator_wrote_with_an_editor_is_taken_without_its_newline(tmp_path):
    (tmp_path / "secret_key").write_text("hush\n")

    assert secret_key(Settings(data_dir=tmp_path)) == "hush"


def make_keys(folder, together, answers):
    """Ask for the key of many folders at the same moments as others do."""
    for number in range(50):
        path = folder / str(number)
        together.wait(20)
        answers.put((number, secret_key(Settings(data_dir=path))))


def test_two_processes_that_start_at_once_get_the_same_key(tmp_path):
    for number in range(50):
        (tmp_path / str(number)).mkdir()
    spawn = multiprocessing.get_context("spawn")
    together, answers = spawn.Barrier(2), spawn.Queue()
    processes = [
        spawn.Process(target=make_keys, args=(tmp_path, together, answers)) for _ in range(2)
    ]

    for process in processes:
        process.start()
    given = [answers.get(timeout=30) for _ in range(100)]
    for process in processes:
        process.join(20)

    assert len(set(given)) == 50
    assert {len(key) for _, key in given} == {64}
