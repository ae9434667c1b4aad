"""The nightly steps as a process of its own: `python -m tests.certificates.night URL FOLDER 2026-11-23`."""

from __future__ import annotations

import sys
from datetime import date

from certificates.jobs import JOBS
from lms import jobs
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import read_settings
from lms.db import Database
from tests.transports import KeptMail
from wsgi import FEATURES


def main(url: str, folder: str, day: str) -> None:
    """Run every step of the certificates once, as if it were five in the morning of a day."""
    now = at_local(date.fromisoformat(day), 5)
    settings = read_settings({"LMS_DATA_DIR": folder, "LMS_SECRET_KEY": "s" * 40})
    database = Database(url)
    app = build_app(settings, FEATURES, clock=FrozenClock(now), transport=KeptMail(), database=database)
    for job in JOBS:
        counts = jobs.run_job(app, job, now=now)
        assert counts["failed"] == 0, counts
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
