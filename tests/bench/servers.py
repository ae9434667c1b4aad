"""Servers for the benchmarks: gunicorn as README.md documents it, and the CPU its processes have used."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.mail_server import free_port

ROOT = Path(__file__).parent.parent.parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
START_SECONDS_MAX = 60


class Server:
    """A running gunicorn; `also` are the pids of other processes that work for it, such as PostgreSQL's."""

    def __init__(self, port: int, pid: int, also: tuple[int, ...]) -> None:
        self.port, self.pid, self.also = port, pid, also

    def cpu_seconds(self) -> float:
        """User and system time of all its processes, and of the database's."""
        return sum(_tree_seconds(pid) for pid in (self.pid, *self.also))


@contextlib.contextmanager
def gunicorn(target: str, environment: Mapping[str, str], also: tuple[int, ...], path: str) -> Iterator[Server]:
    """Start gunicorn with the documented settings and wait until `path` is answered."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--workers", "3", "--threads", "4", "--worker-class", "gthread",
            "--no-control-socket", "--bind", f"127.0.0.1:{port}", "--log-level", "error", target,
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=sys.stderr,
    )  # fmt: skip
    try:
        _wait(port, path)
        yield Server(port, process.pid, also)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _tree_seconds(pid: int) -> float:
    """CPU of a process, its living descendants and those it has buried."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            own = int(entry.name)
            children.setdefault(int(fields[1]), []).append(own)
            used[own] = sum(int(ticks) for ticks in fields[11:15])  # utime, stime, cutime, cstime
    todo, total = [pid], 0
    while todo:
        process = todo.pop()
        total += used.get(process, 0)
        todo += children.get(process, [])
    return total / TICKS_PER_SECOND
