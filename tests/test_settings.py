"""Settings: all problems at once, every one documented, the process does not start with a wrong one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lms import config
from lms.config import SettingsError, read_settings

ROOT = Path(__file__).parent.parent


def test_every_setting_is_documented_in_the_readme() -> None:
    read = set(re.findall(r'"(LMS_[A-Z_]+)"', Path(config.__file__).read_text(encoding="utf-8")))
    documented = set(re.findall(r"`(LMS_[A-Z_]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert read - documented == set()
    assert documented - read == set(), "the README speaks of settings that do not exist"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    wrong = {
        "LMS_DATA_DIR": str(tmp_path),
        "LMS_DATABASE_URL": "mysql://x",
        "LMS_BASE_URL": "laering.example",
        "LMS_MAIL_TRANSPORT": "smtp",
        "LMS_SMTP_PORT": "99999",
        "LMS_SECRET_KEY": "kort",
        "LMS_SESION_HOURS": "3",
    }
    with pytest.raises(SettingsError) as refused:
        read_settings(wrong)
    problems = "\n".join(refused.value.problems)
    for name in ("LMS_DATABASE_URL", "LMS_BASE_URL", "LMS_SMTP_PORT", "LMS_SECRET_KEY", "LMS_SMTP_HOST"):
        assert name in problems
    assert "LMS_SESION_HOURS er ikke en innstilling" in problems
    assert "kort" not in problems.replace("for kort", ""), "a secret is never repeated"


def test_the_process_says_all_that_is_wrong_and_does_not_start(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "LMS_DATA_DIR": str(tmp_path),
        "LMS_SMTP_PORT": "0",
        "LMS_LOG_LEVEL": "loud",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from wsgi import main; main()", "outbox"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "LMS_SMTP_PORT" in done.stderr
    assert "LMS_LOG_LEVEL" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_key_is_made_once_and_kept_from_other_users(tmp_path: Path) -> None:
    first = read_settings({"LMS_DATA_DIR": str(tmp_path)})
    assert read_settings({"LMS_DATA_DIR": str(tmp_path)}).secret_key == first.secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)
