"""`python -m tests.bench.killed_nights --kills 100`: workers killed at random points of the night, on both databases.

One JSON document on standard output; exits 1 when a mail was missed, or sent twice outside the one window.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from lms import migrate
from lms.db import Database
from tests.certificates.killing import Outcome, killed_nights
from tests.postgres import throw_away_server

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default=",".join(DATABASES))
    asked = parser.parse_args()
    told = {name: _run(name, asked.kills, asked.seed) for name in asked.databases.split(",")}
    document = {"seed": asked.seed, **{name: asdict(outcome) for name, outcome in told.items()}}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 1 if any(outcome.breaches for outcome in told.values()) else 0


def _run(name: str, kills: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        if name == "sqlite":
            return _on(Database(f"sqlite:///{folder}/nights.sqlite3"), Path(folder), kills, seed)
        with throw_away_server(Path(folder), durable=True) as (cluster, _pid):
            cluster.create("nights")
            return _on(Database(cluster.url("nights")), Path(folder), kills, seed)


def _on(database: Database, folder: Path, kills: int, seed: int) -> Outcome:
    migrate.upgrade(database)
    try:
        return killed_nights(database, folder, kills=kills, seed=seed)
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main())
