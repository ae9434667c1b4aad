"""What a night costs: each nightly step rehearsed once on the country of the benchmarks, in CPU of this process."""

from __future__ import annotations

from datetime import datetime
from time import process_time

from flask import Flask

from lms import jobs

MS = 1_000


def rehearsed(app: Flask, now: datetime) -> dict[str, dict[str, float]]:
    """By step: its numbers, and the CPU it took. Everything is done and rolled back; the first run only warms up."""
    found: dict[str, dict[str, float]] = {}
    for _ in range(2):
        for job in jobs.all_jobs(app):
            began = process_time()
            counts = jobs.run_job(app, job, now=now, rehearse=True)
            found[job.name] = {**counts, "cpu_ms": round((process_time() - began) * MS, 1)}
    return found


def beside(night: dict[str, dict[str, float]], bare_cpu_ms: float) -> dict[str, dict[str, float]]:
    """The same with what to compare between machines: a step's CPU divided by a bare request's in the same run."""
    return {
        name: {**figures, "cpu_to_bare": round(figures["cpu_ms"] / bare_cpu_ms, 1)} for name, figures in night.items()
    }
