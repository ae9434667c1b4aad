"""Mail over the wire: a real SMTP server takes, refuses or delays it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from lms.config import Settings, read_settings
from lms.mail import Composed, MailDelayed, MailRefused, SmtpTransport, as_message
from tests.lms.test_outbox import SENDER
from tests.mail_server import MailServer, free_port
from tests.transports import text_of


def settings_for(port: int, tmp_path: Path) -> Settings:
    return read_settings(
        {
            "LMS_DATA_DIR": str(tmp_path),
            "LMS_MAIL_TRANSPORT": "smtp",
            "LMS_SMTP_HOST": "127.0.0.1",
            "LMS_SMTP_PORT": str(port),
            "LMS_SMTP_SECURITY": "none",
        }
    )


def a_message(recipient: str = "kari@cast.example") -> EmailMessage:
    return as_message(
        Composed("Blåbær og røyk", "Hei på deg, Åse\n", "<p>Hei på deg, Åse</p>"),
        sender=SENDER,
        recipient=recipient,
        message_id="<abc@helseiarbeid>",
        locale="nb",
        sent_at=datetime(2026, 11, 23, 11, 0, tzinfo=UTC),
    )


def test_a_mail_arrives_with_its_letters_whole(mail_server: MailServer, tmp_path: Path) -> None:
    SmtpTransport(settings_for(mail_server.port, tmp_path)).send(a_message())
    (message,) = mail_server.to("kari@cast.example")
    assert message["Message-ID"] == "<abc@helseiarbeid>"
    assert message["Subject"] == "Blåbær og røyk"
    assert text_of(message).splitlines() == ["Hei på deg, Åse"]


def test_an_unknown_address_is_refused_for_good(mail_server: MailServer, tmp_path: Path) -> None:
    mail_server.answers["kari@cast.example"] = "550 5.1.1 no such user"
    with pytest.raises(MailRefused, match="550 5.1.1 no such user"):
        SmtpTransport(settings_for(mail_server.port, tmp_path)).send(a_message())
    assert mail_server.taken == []


def test_a_full_mailbox_is_a_delay(mail_server: MailServer, tmp_path: Path) -> None:
    mail_server.answers["kari@cast.example"] = "452 mailbox full"
    with pytest.raises(MailDelayed, match="452"):
        SmtpTransport(settings_for(mail_server.port, tmp_path)).send(a_message())


def test_a_server_that_is_down_is_a_delay(tmp_path: Path) -> None:
    with pytest.raises(MailDelayed):
        SmtpTransport(settings_for(free_port(), tmp_path)).send(a_message())
