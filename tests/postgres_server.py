"""A PostgreSQL for the tests: the one that MARKO_TEST_DATABASE_URL names, or a cluster of their own.

The cluster is made once for a whole test run, by the first test that wants it, in whatever process; it is
stopped and removed when the run has ended, however it ended. Each test has a schema of its own in it.
"""

import atexit
import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from store import schema

GIVEN = "MARKO_TEST_DATABASE_URL"
RUN = "MARKO_TEST_RUN"  # the process whose end ends the cluster; what it starts inherits it
os.environ.setdefault(RUN, str(os.getpid()))

UNPRIVILEGED = ("postgres", "nobody")
PASSWORD = "open-sesame"
OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
# Waits for the run's end, as whoever started the run: another user could not tell whether it goes on.
KEEPER = """
import os, shutil, subprocess, sys, time
run, user, ctl, folder = int(sys.argv[1]), sys.argv[2] or None, sys.argv[3], sys.argv[4]
try:
    while True:
        os.kill(run, 0)
        time.sleep(0.5)
except ProcessLookupError:
    subprocess.run([ctl, "-D", folder + "/data", "-m", "immediate", "stop"], user=user, cwd="/")
    shutil.rmtree(folder, ignore_errors=True)
"""


STANDS = """SELECT
    (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'ledger'::regclass AND NOT tgisinternal),
    (SELECT max(version) FROM schema_version)"""
USED_SEQUENCES = """SELECT sequencename FROM pg_sequences
    WHERE schemaname = current_schema() AND last_value IS NOT NULL"""
_USED: list[str] = []


class NoServer(Exception):
    """There is no PostgreSQL here; the message says what was looked for."""


@cache
def server() -> str:
    """Give the address of a database to make schemas in; raises ``NoServer``."""
    given = os.environ.get(GIVEN, "").strip()
    return given or _cluster(Path(tempfile.gettempdir()) / f"marko-postgres-{os.environ[RUN]}")


@contextmanager
def own_schema() -> Iterator[str]:
    """Give an address with empty tables that nobody else sees; a schema is emptied and used again."""
    name = next((name for name in iter(_pop, None) if _emptied(name)), None) or _new_schema()
    yield _address(name)
    _USED.append(name)


def kept_schema() -> str:
    """Give an address with no tables at all, which is used for nothing else afterwards."""
    return _address(_new_schema())


def _pop() -> str | None:
    return _USED.pop() if _USED else None


def _new_schema() -> str:
    name = f"marko_{secrets.token_hex(6)}"
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    if GIVEN in os.environ:  # a cluster of our own is thrown away as a whole
        atexit.register(_drop, name)
    return name


def _address(name: str) -> str:
    address = server()
    return f"{address}{'&' if '?' in address else '?'}options={quote(f'-csearch_path={name}')}"


def _drop(name: str) -> None:
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


def _emptied(name: str) -> bool:
    """Empty a schema, which is ten times quicker than to make one; False where a test left it otherwise."""
    try:
        with psycopg.connect(_address(name), autocommit=True) as connection:
            if connection.execute(STANDS).fetchone() != (3, schema.VERSION):
                return False
            sequences = connection.execute(USED_SEQUENCES).fetchall()
            tables = [each.name for each in reversed(schema.metadata.sorted_tables)]
            tables.remove("schema_version")
            emptied = [f'DELETE FROM "{table}"' for table in tables]  # noqa: S608
            restarted = [f"SELECT setval('{sequence}', 1, false)" for (sequence,) in sequences]
            begin = ["SET lock_timeout = '2s'", "BEGIN", "ALTER TABLE ledger DISABLE TRIGGER USER"]
            begun = [
                "ALTER TABLE ledger ENABLE TRIGGER USER",
                "INSERT INTO counters VALUES ('generation', 0)",
            ]
            connection.execute("; ".join([*begin, *emptied, *restarted, *begun, "COMMIT"]))
    except psycopg.Error:  # somebody left a transaction open, or changed the tables
        return False
    return True


def schema_or_skip() -> Iterator[str]:
    """Give a fixture its schema, where there is a server."""
    server_or_skip()
    with own_schema() as address:
        yield address


def server_or_skip() -> str:
    """Give the server; without one the test is skipped, and fails where CI promises one."""
    try:
        return server()
    except NoServer as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def _cluster(folder: Path) -> str:
    """Start the run's cluster, or find it started by another process of the run."""
    initdb, ctl = (_program(name) for name in ("initdb", "pg_ctl"))
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "port"
        if not told.exists():
            port = _free_port()
            _start(folder, initdb, ctl, port)
            told.write_text(str(port))
    return f"postgresql://marko:{PASSWORD}@/marko?host={quote(str(folder), safe='')}&port={told.read_text()}"


def _start(folder: Path, initdb: str, ctl: str, port: int) -> None:
    as_user = _unprivileged()
    if as_user:
        shutil.chown(folder, user=as_user)
    secret = folder / "password"
    secret.write_text(PASSWORD)
    data = str(folder / "data")
    options = " ".join(f"-c {each}" for each in (*OPTIONS, f"port={port}", "listen_addresses=127.0.0.1"))
    make = [initdb, "-D", data, "-U", "marko", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8"]
    start = [ctl, "-D", data, "-w", "-l", f"{folder}/log", "-o", f"{options} -k {folder}", "start"]
    for command in ([*make, "--no-sync", "--no-locale"], start):
        done = subprocess.run(
            command,
            check=False,
            user=as_user,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=folder,
        )
        if done.returncode:
            raise NoServer(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    nothing = subprocess.DEVNULL
    subprocess.Popen(
        [sys.executable, "-I", "-c", KEEPER, os.environ[RUN], as_user or "", ctl, str(folder)],
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        start_new_session=True,
    )
    with psycopg.connect(
        host=str(folder), port=port, user="marko", password=PASSWORD, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("CREATE DATABASE marko")


def _program(name: str) -> str:
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next((str(each) for each in known), None)
    if found is None:
        raise NoServer(f"no PostgreSQL here ({name} is not found, and {GIVEN} is not set)")
    return found


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; another user can be taken by root alone."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415

    names = {each.pw_name for each in pwd.getpwall()}
    found = next((name for name in UNPRIVILEGED if name in names), None)
    if found is None:
        raise NoServer(
            f"PostgreSQL does not run as root, and none of {', '.join(UNPRIVILEGED)} is a user here"
        )
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
