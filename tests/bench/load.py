"""Load on a server: so many connections, each repeating its steps; what every request took."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class Connection:
    """One keep-alive connection with a cookie; counts and times its requests."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = dict(headers)
        self.seconds: list[float] = []

    def request(self, method: str, path: str, form: str | None = None, expect: int = 200) -> tuple[str, str]:
        """Send a request; returns the answer's text and where it redirects to. Fails on another status."""
        headers = dict(self.headers)
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self.http.request(method, path, body=form, headers=headers)
        answer = self.http.getresponse()
        text = answer.read().decode()
        self.seconds.append(time.perf_counter() - begun)
        if answer.status != expect:
            raise AssertionError(f"{method} {path}: {answer.status}, expected {expect}: {text[:500]}")
        return text, answer.headers.get("Location", "")


@dataclass
class Slot:
    """One turn of one scenario: its requests' times and the server's CPU."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0


def run_slot(
    port: int,
    steps: Callable[[Connection], None],
    cookies: Sequence[Mapping[str, str]],
    repeat: int,
    cpu: Callable[[], float],
) -> Slot:
    """Let every cookie's connection repeat the steps, all at once."""
    connections = [Connection(port, cookie) for cookie in cookies]
    failures: list[BaseException] = []

    def work(connection: Connection) -> None:
        try:
            for _ in range(repeat):
                steps(connection)
        except BaseException as failure:
            failures.append(failure)

    before = cpu()
    threads = [threading.Thread(target=work, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slot = Slot([second for connection in connections for second in connection.seconds], cpu() - before)
    for connection in connections:
        connection.http.close()
    if failures:
        raise failures[0]
    return slot


def summary(slots: Sequence[Slot], units: int) -> dict[str, Any]:
    """Figures over all turns of a scenario; `units` is how often the steps were done in one turn."""
    seconds = sorted(second for slot in slots for second in slot.seconds)
    requests = len(seconds)
    return {
        "requests": requests,
        "requests_each": round(requests / (units * len(slots)), 2),
        "cpu_ms_per_request": round(sum(slot.cpu_seconds for slot in slots) / requests * 1000, 3),
        "p50_ms": round(statistics.median(seconds) * 1000, 2),
        "p95_ms": round(seconds[int(len(seconds) * 0.95)] * 1000, 2),
    }


def as_json(document: Any) -> str:
    """The one document on standard output."""
    return json.dumps(document, ensure_ascii=False, indent=2)
