"""`lms doctor` looks at every file that was given out, and at the keys badges are signed with."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from certificates.doctor.documents import given_out
from certificates.queries.issued import edition_of
from certificates.services import signing
from certificates.services.documents import empty_documents, keep_document
from lms.clock import at_local
from lms.db import Database
from lms.people import Locale
from tests.cast import Cast
from tests.certificates.checking_badges import badge_for, certified
from tests.certificates.factories import TODAY
from tests.clients import Browser
from tests.tampering import unguard

NOW = at_local(TODAY, 12)
OTHER_KEY = 'UPDATE signing_key SET public_jwk = \'{"kty": "RSA", "e": "AQAB", "n": "' + "u8" * 170 + "uw" + "\"}'"


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("", []),
        ("UPDATE certificate_document SET content = NULL", ["certificate_document 1 er tømt"]),
        ("UPDATE certificate_document SET content = 'x'", ["certificate_document 1 innholdet er endret"]),
        ("UPDATE badge SET token = 'a.b.c'", ["badge 1 innholdet er endret"]),
        (f"UPDATE badge SET sha256 = '{'a' * 64}'", ["badge 1 fingeravtrykket", "badge 1 innholdet er endret"]),
        ("DELETE FROM certificate_document", ["certificate_document 1 er borte"]),
        (OTHER_KEY, ["signing_key"]),
    ],
)
def test_what_somebody_did_to_what_was_given_out_is_found(
    browser: Browser, database: Database, people: Cast, monkeypatch: pytest.MonkeyPatch, harm: str, told: list[str]
) -> None:
    monkeypatch.setattr(signing, "KEY_BITS", 2048)  # made in a moment
    certificate = certified(database, people.kari)
    badge_for(browser, database, people.kari, certificate.id)
    with database.transaction() as session:
        edition = edition_of(session, certificate.id)
        keep_document(session, edition, Locale.NB, b"%PDF", actor_id=None, now=NOW)
        if harm:
            unguard(session)
            session.execute(text(harm))
    with database.reading() as session:
        found = [f"{fault.row} {fault.what}" for fault in given_out(session)]
    assert len(found) == len(told) and all(
        line.startswith(start) for line, start in zip(sorted(found), told, strict=True)
    )


def test_an_anonymised_record_has_nothing_wrong_with_it(browser: Browser, database: Database, people: Cast) -> None:
    certificate = certified(database, people.kari)
    with database.transaction() as session:
        keep_document(session, edition_of(session, certificate.id), Locale.NB, b"%PDF", actor_id=None, now=NOW)
        empty_documents(session, [certificate.id])
        assert len(list(given_out(session))) == 1  # emptied, and the holder is still named
        unguard(session)
        session.execute(text("UPDATE certificate_edition SET salt = '', holder_name = ''"))
        assert list(given_out(session)) == []
