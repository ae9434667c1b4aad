"""Settings: read once from the environment into one frozen object; every problem is told at once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MAIL_TRANSPORTS = ("file", "console", "smtp")
SMTP_SECURITY = ("none", "starttls", "tls")
SECRET_KEY_BYTES_MIN = 32


class SettingsError(Exception):
    """The environment holds settings that cannot be used; `problems` names every one of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between installations. README.md documents each name."""

    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    base_url: str
    secure_cookies: bool
    trusted_proxies: int
    session_hours: int
    invitation_days: int
    reset_minutes: int
    mail_transport: str
    mail_from: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_security: str
    log_level: str


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from `LMS_…` variables.

    Creates the data directory and, unless LMS_SECRET_KEY is given, a key in it that survives restarts.
    Raises `SettingsError` with all problems: unknown names, numbers that are none, impossible combinations.
    """
    reader = _Reader(environ)
    data_dir = Path(reader.text("LMS_DATA_DIR", "var")).absolute()
    database_url = reader.checked("LMS_DATABASE_URL", f"sqlite:///{data_dir / 'lms.sqlite3'}", _database_url)
    base_url = reader.checked("LMS_BASE_URL", f"http://127.0.0.1:{environ.get('PORT', '8000')}", _base_url)
    transport = reader.choice("LMS_MAIL_TRANSPORT", "file", MAIL_TRANSPORTS)
    settings = {
        "data_dir": data_dir,
        "database_url": database_url,
        "base_url": base_url,
        "secure_cookies": base_url.startswith("https:"),
        "trusted_proxies": reader.number("LMS_TRUSTED_PROXIES", 0, 0, 5),
        "session_hours": reader.number("LMS_SESSION_HOURS", 12, 1, 24 * 14),
        "invitation_days": reader.number("LMS_INVITATION_DAYS", 14, 1, 90),
        "reset_minutes": reader.number("LMS_RESET_MINUTES", 60, 5, 24 * 60),
        "mail_transport": transport,
        "mail_from": reader.checked("LMS_MAIL_FROM", "HelseIArbeid <ikke-svar@helseiarbeid.example>", _mail_from),
        "smtp_host": reader.text("LMS_SMTP_HOST", ""),
        "smtp_port": reader.number("LMS_SMTP_PORT", 587, 1, 65535),
        "smtp_user": reader.text("LMS_SMTP_USER", ""),
        "smtp_password": reader.text("LMS_SMTP_PASSWORD", ""),
        "smtp_security": reader.choice("LMS_SMTP_SECURITY", "starttls", SMTP_SECURITY),
        "log_level": reader.choice("LMS_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    }
    if transport == "smtp" and not settings["smtp_host"]:
        reader.problems.append("LMS_SMTP_HOST mangler: den må settes når LMS_MAIL_TRANSPORT er smtp")
    secret = reader.text("LMS_SECRET_KEY", "")
    if secret and len(secret) < SECRET_KEY_BYTES_MIN:
        reader.problems.append(f"LMS_SECRET_KEY er for kort: bruk minst {SECRET_KEY_BYTES_MIN} tegn")
    reader.reject_unknown()
    if reader.problems:
        raise SettingsError(reader.problems)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        settings["secret_key"] = secret or _kept_secret(data_dir / "secret-key")
    except OSError as error:
        raise SettingsError([f"LMS_DATA_DIR kan ikke brukes: {error}"]) from error
    return Settings(**settings)  # type: ignore[arg-type]


class _Reader:
    """Reads named variables and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []
        self.known: set[str] = {"LMS_REQUIRE_ALL", "LMS_TEST_DATABASE_URL"}

    def text(self, name: str, default: str) -> str:
        self.known.add(name)
        return self.environ.get(name, "").strip() or default

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        raw = self.text(name, str(default))
        if not raw.isdecimal() or not lowest <= int(raw) <= highest:
            self.problems.append(f"{name} er «{raw}»: bruk et helt tall fra {lowest} til {highest}")
            return default
        return int(raw)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        raw = self.text(name, default)
        if raw not in allowed:
            self.problems.append(f"{name} er «{raw}»: velg en av {', '.join(allowed)}")
            return default
        return raw

    def checked(self, name: str, default: str, check: Callable[[str], str | None]) -> str:
        raw = self.text(name, default)
        problem = check(raw)
        if problem:
            self.problems.append(f"{name}: {problem}")
        return raw

    def reject_unknown(self) -> None:
        for name in sorted(self.environ):
            if name.startswith("LMS_") and name not in self.known:
                self.problems.append(f"{name} er ikke en innstilling: se listen i README.md")


def _database_url(raw: str) -> str | None:
    try:
        url = make_url(raw)
    except ArgumentError:
        return "er ikke en databaseadresse (eksempel: postgresql+psycopg://bruker@vert/lms)"
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        return f"«{url.drivername}» støttes ikke: bruk sqlite eller postgresql+psycopg"
    return None


def _base_url(raw: str) -> str | None:
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        return f"«{raw}» er ikke en adresse som https://laering.example"
    if parts.path not in ("", "/"):
        return "kan ikke ha en sti bak vertsnavnet"
    return None


def _mail_from(raw: str) -> str | None:
    if "@" not in raw or "\n" in raw or "\r" in raw:
        return f"«{raw}» er ikke en avsenderadresse"
    return None


def _kept_secret(path: Path) -> str:
    """The key in `path`; made once, readable by the owner alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
