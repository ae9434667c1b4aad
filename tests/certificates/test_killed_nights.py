"""About ten workers killed in the middle of the night, on each database: none missed, none twice but for the window.

The long form, with a hundred: `python -m tests.bench.killed_nights --kills 100`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.db import Database
from tests.certificates.killing import killed_nights


@pytest.mark.slow
def test_nights_whose_workers_are_killed_write_and_send_every_mail_once(
    shared_database: Database, tmp_path: Path
) -> None:
    outcome = killed_nights(shared_database, tmp_path, kills=10, seed=20261123)
    assert outcome.breaches == []
    assert outcome.kills == 10
    assert outcome.nights >= 2
    assert outcome.mails > outcome.nights * 20
