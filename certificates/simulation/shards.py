"""A simulation on every core: people are dealt out, each shard has its own database and lives the same weather."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection, wait
from time import process_time

from certificates.simulation.days import Play, Script
from certificates.simulation.report import Report, together
from certificates.simulation.world import World, made
from lms.features import Feature

COLLECT_RARELY = (50_000, 20, 100)  # thousands of lives are kept on purpose: looking for loops among them finds none


class ShardFailed(Exception):
    """A shard ended without a report; its own words stand above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for. `url` is None for throw-away databases, one a shard."""

    start: date
    end: date
    seed: int
    numbers: tuple[int, ...]
    shards: int
    url: str | None = None

    def scripts(self) -> Iterator[Script]:
        """Each shard's part: every so-manieth person."""
        for place in range(self.shards):
            numbers = self.numbers[place :: self.shards]
            yield Script(start=self.start, end=self.end, seed=self.seed, numbers=numbers)


def play(order: Order, features: tuple[Feature, ...], say: Callable[[str], None]) -> Report:
    """Play it all and sum up. One shard plays in this process, several in one of their own each."""
    scripts = list(order.scripts())
    if order.shards == 1:
        return _one(scripts[0], made(features, start=order.start, url=order.url), say)
    context = multiprocessing.get_context("fork")  # the features are functions and cannot be sent
    running = []
    for place, script in enumerate(scripts, start=1):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_apart, args=(script, features, there, f"{place}/{order.shards} "))
        process.start()
        there.close()
        running.append((process, here))
    reports: list[Report] = []
    try:
        while len(reports) < len(running):
            waiting = [here for _process, here in running if not here.closed]
            for ready in wait(waiting):
                assert isinstance(ready, Connection)
                reports.append(ready.recv())
                ready.close()
    except EOFError as error:
        raise ShardFailed from error
    finally:
        for process, _here in running:
            if len(reports) < len(running):  # one has failed: what the others find is not asked for
                process.terminate()
            process.join()
    return together(reports)


def _apart(script: Script, features: tuple[Feature, ...], there: Connection, name: str) -> None:
    """One shard in a process of its own."""

    def say(words: str) -> None:
        print(name + words, file=sys.stderr, flush=True)  # noqa: T201

    there.send(_one(script, made(features, start=script.start, url=None), say))
    there.close()


def _one(script: Script, world: AbstractContextManager[World], say: Callable[[str], None]) -> Report:
    def progress(day: date) -> None:
        if day.day == 1:
            say(f"{day:%Y-%m}")

    began, often = process_time(), gc.get_threshold()
    gc.set_threshold(*COLLECT_RARELY)
    with world as found:
        played = Play(world=found, script=script, progress=progress)
        try:
            played.run()
        finally:
            gc.set_threshold(*often)
        played.checks.report.weather = played.weathers
        played.checks.report.cpu_seconds = process_time() - began
        return played.checks.report
