"""The keys badges are signed with: one signs, all are published, none can be read from the database alone."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import jwt
import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from certificates.badges import Purpose
from certificates.models.documents import SigningKey
from certificates.queries.badges import keys, signs_now
from certificates.services import signing
from certificates.services.signing import SealedKey, rotate, sign, signing_key
from lms import audit
from lms.cli import make_cli
from lms.clock import FrozenClock, at_local
from lms.db import Database
from tests import cast
from tests.cast import Cast
from tests.certificates.checking_badges import badge_for, certified, check, fetched
from tests.certificates.factories import TODAY
from tests.clients import Browser
from wsgi import FEATURES

NOW = at_local(TODAY, 12)
SECRET, ANOTHER = "a" * 40, "b" * 40


@pytest.fixture(autouse=True)
def smaller_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "KEY_BITS", 2048)  # made in a moment


def test_after_rotation_old_badges_still_verify_and_new_ones_are_signed_anew(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    before = badge_for(browser, database, people.kari, certified(database, people.kari).id)
    clock.advance(days=1)
    with database.transaction() as session:
        rotate(session, secret=browser.app.config["SECRET_KEY"], actor_id=people.siri, now=clock.now())
    after = badge_for(browser, database, people.mons, certified(database, people.mons).id)
    kids = [jwt.get_unverified_header(token)["kid"] for token in (before, after)]
    assert kids[0] != kids[1]
    check(browser, before, clock.now())
    check(browser, after, clock.now())
    published = fetched(browser, "/badges/keys").get_json()["keys"]
    assert [each["kid"] for each in published] == [kid.rpartition("/")[2] for kid in reversed(kids)]
    assert all(set(each) == {"kty", "n", "e", "kid", "use", "alg"} for each in published)
    listed = fetched(browser, f"/badges/status/{Purpose.REVOCATION}/1").text
    assert jwt.get_unverified_header(listed)["kid"] == kids[1]
    with database.reading() as session:
        assert audit.verify(session) == []


def test_a_retired_key_is_emptied_and_never_signs(database: Database) -> None:
    with database.transaction() as session:
        old = signing_key(session, secret=SECRET, now=NOW)
        new = rotate(session, secret=SECRET, actor_id=None, now=NOW)
        assert signs_now(session) is new and old.sealed_pem == "" and old.retired_at == NOW
        with pytest.raises(SealedKey):
            sign(old, {"a": 1}, secret=SECRET, address="x")
    for changes in ({"retired_at": None}, {"retired_at": NOW, "sealed_pem": "x"}):
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(update(SigningKey).where(SigningKey.kid == old.kid).values(**changes))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(SigningKey(kid="2", use="sig", public_jwk="{}", sealed_pem="x", made_at=NOW, retired_at=None))


def test_the_database_alone_signs_nothing(database: Database) -> None:
    with database.transaction() as session:
        key = signing_key(session, secret=SECRET, now=NOW)
        assert "PRIVATE" not in key.sealed_pem and "d" not in json.loads(key.public_jwk)
        assert sign(key, {"a": 1}, secret=SECRET, address="x").count(".") == 2
        with pytest.raises(SealedKey):
            sign(key, {"a": 1}, secret=ANOTHER, address="x")
        newer = rotate(session, secret=ANOTHER, actor_id=None, now=NOW)  # how one goes on with a new LMS_SECRET_KEY
        assert sign(newer, {"a": 1}, secret=ANOTHER, address="x")


def test_a_key_sealed_under_another_secret_says_so(browser: Browser, database: Database, people: Cast) -> None:
    certificate = certified(database, people.kari)
    with database.transaction() as session:
        signing_key(session, secret=ANOTHER, now=NOW)
    page = browser.sign_in_as(database, people.kari).get(f"/sertifikat/{certificate.id}/merke.svg")
    assert page.status_code == 503 and "kan ikke signeres" in page.text


def test_the_command_makes_a_new_key_and_lists_them(app: Flask, database: Database, clock: FrozenClock) -> None:
    runner, lms = app.test_cli_runner(), make_cli(lambda: app, FEATURES)
    assert "Ingen nøkler ennå" in runner.invoke(lms, ["badges", "keys"]).output
    assert "Ny nøkkel: http://127.0.0.1" in runner.invoke(lms, ["badges", "rotate-key"]).output
    clock.advance(hours=1)
    assert runner.invoke(lms, ["badges", "rotate-key"]).exit_code == 0
    told = runner.invoke(lms, ["badges", "keys"]).output.splitlines()
    assert len(told) == 3 and "signerer" in told[0] and "pensjonert 23.11.2026" in told[1] and told[2] == "2 nøkler."


def test_of_several_who_rotate_at_once_one_key_signs_in_the_end(shared_database: Database) -> None:
    database, together = shared_database, Barrier(4)
    with database.transaction() as session:
        cast.assemble(session)

    def turn(number: int) -> None:
        together.wait()
        with database.transaction() as session:
            if number % 2:
                rotate(session, secret=SECRET, actor_id=None, now=NOW)
            else:
                signing_key(session, secret=SECRET, now=NOW)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(turn, range(4)))
    with database.reading() as session:
        assert len(keys(session)) in {2, 3}
        assert len(session.scalars(select(SigningKey).where(SigningKey.retired_at.is_(None))).all()) == 1
        assert audit.verify(session) == []
