"""A throw-away PostgreSQL cluster for one test run, from the programs on the machine, by an unprivileged user.

With xdist, the first worker that asks starts it and the others use it; it ends with the last of them.
`LMS_TEST_DATABASE_URL` names a server to use instead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "300",
    "max_wal_size": "128MB",
    "listen_addresses": "127.0.0.1",
}
MEMORY = Path("/dev/shm")  # noqa: S108  a folder of the machine's own, and a fresh one in it is made for the server
MEMORY_NEEDED_BYTES = 2**30
STOP_SECONDS = 10


class Cluster:
    """A running server; makes and drops databases in it."""

    def __init__(self, url: str) -> None:
        self.base_url = url

    def url(self, name: str) -> str:
        """SQLAlchemy's address of a database in it."""
        return f"{self.base_url}/{name}"

    def _run(self, statement: str) -> None:
        plain = self.url("postgres").replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def create(self, name: str, template: str = "template0") -> None:
        """A new database, copied from a template."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY = FILE_COPY")

    def drop(self, name: str) -> None:
        """Remove a database."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @classmethod
    @contextlib.contextmanager
    def for_run(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
        """The cluster of this test run, shared between its workers."""
        given = os.environ.get("LMS_TEST_DATABASE_URL")
        if given:
            yield cls(given.rstrip("/"))
            return
        if not PROGRAMS:
            message = "PostgreSQL's programs are not on this machine (looked in /usr/lib/postgresql/*/bin)"
            if os.environ.get("LMS_REQUIRE_ALL") == "1":
                pytest.fail(message)
            pytest.skip(message)
        base = tmp_path_factory.getbasetemp()
        shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
        with _shared_server(shared) as url:
            yield cls(url)


@contextlib.contextmanager
def _shared_server(folder: Path) -> Iterator[str]:
    """Start the server if nobody has; stop it when the last user leaves. A lock file keeps the count."""
    link, count = folder / "postgresql", folder / "postgresql.count"
    with _locked(folder):
        users = int(count.read_text()) if count.exists() else 0
        if users == 0:
            link.unlink(missing_ok=True)
            link.symlink_to(_home(folder))
            _start(link.resolve(), SETTINGS)
        home = link.resolve()
        count.write_text(str(users + 1))
        port = int((home / "port").read_text())
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        with _locked(folder):
            users = int(count.read_text()) - 1
            count.write_text(str(users))
            if users == 0:
                _stop(home)
                shutil.rmtree(home, ignore_errors=True)


def _home(folder: Path) -> Path:
    """In memory where there is room: every test's database is copied file by file. Or in the run's folder."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED_BYTES:
        return Path(tempfile.mkdtemp(prefix="postgresql-", dir=MEMORY))
    return folder / "postgresql-home"


@contextlib.contextmanager
def throw_away_server(folder: Path, *, durable: bool) -> Iterator[tuple[Cluster, int]]:
    """A server of one's own in a folder, and its pid; `durable` keeps what makes it safe, and slower."""
    home = folder / "postgresql"
    _start(home, {"listen_addresses": "127.0.0.1"} if durable else SETTINGS)
    try:
        port = int((home / "port").read_text())
        pid = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])
        yield Cluster(f"postgresql+psycopg://postgres@127.0.0.1:{port}"), pid
    finally:
        _stop(home)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(home: Path, settings: dict[str, str]) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for parent in (home, *home.parents):  # the server's user must be able to reach its folder
        with contextlib.suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o011)
    as_user = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres" if _has_user("postgres") else "nobody")
        os.chown(home, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data, programs = home / "data", PROGRAMS[0]
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True,
        capture_output=True,
        **as_user,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    subprocess.run(
        [programs / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", f"-p {port} -k {home} {options}", "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **as_user,
    )
    (home / "port").write_text(str(port))


def _stop(home: Path) -> None:
    running = home / "data" / "postmaster.pid"
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(running.read_text().splitlines()[0]), signal.SIGQUIT)
    given_up = time.monotonic() + STOP_SECONDS
    while running.exists() and time.monotonic() < given_up:
        time.sleep(0.01)


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
