"""Open Badges as holders get them, and as libraries of others find them valid, suspended, revoked and expired."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier, decode_encoded_list, encode_bitstring
from sqlalchemy import func, select, update

from certificates import baking
from certificates.badges import (
    LIST_LENGTH,
    Achievement,
    BadgeFacts,
    Issuer,
    Purpose,
    Recipient,
    begins,
    credential,
    encoded,
    ends,
)
from certificates.issued import Issued
from certificates.models.documents import Badge, BadgeStatus, SigningKey
from certificates.queries.issued import edition_of, issued_to
from certificates.services import signing
from certificates.services.badges import make_badge, status_of
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.people import Person
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.checking_badges import badge_for, certified, check, fetched, payload
from tests.certificates.factories import TODAY
from tests.certificates.test_documents_kept import next_edition
from tests.clients import Browser

HERE = "https://laering.example"
FACTS = BadgeFacts(
    uuid="5f0c7c0e-0000-4000-8000-000000000000",
    name="Instruktørsertifikat",
    number="HIA-2026-000001",
    valid_from=date(2026, 11, 2),
    valid_through=date(2029, 11, 1),
    awarded_at=at_local(date(2026, 11, 2), 12),
    issuer=Issuer(id=f"{HERE}/badges/issuer", name="HelseIArbeid", url=HERE),
    achievement=Achievement(
        id=f"{HERE}/badges/achievements/instruktor/1",
        name="Sertifisert",
        description="Kan holde bedriftstiltaket.",
        criteria_url=f"{HERE}/programmet",
        criteria="Kravene.",
        picture_url=f"{HERE}/badges/picture.svg",
        version="2026-1",
    ),
    recipient=Recipient(uuid="5f0c7c0e-0000-4000-8000-000000000001", email="kari@cast.example", salt="salt"),
    evidence=(("Hospitering", "Oppfylt. 2 registreringer."),),
    status={purpose: f"{HERE}/badges/status/{purpose}/1" for purpose in Purpose},
    place=0,
)
REVOCATION, SUSPENSION = "/badges/status/revocation/1", "/badges/status/suspension/1"


@pytest.fixture(autouse=True)
def smaller_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "KEY_BITS", 2048)  # made in a moment


def test_a_badge_is_valid_for_libraries_of_others_and_says_what_the_certificate_says(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = certified(database, people.kari)
    token = badge_for(browser, database, people.kari, certificate.id)
    header = jwt.get_unverified_header(token)
    assert {key: header[key] for key in ("alg", "typ")} == {"alg": "RS256", "typ": "JWT"}
    assert set(header) == {"alg", "typ", "kid"} and header["kid"].startswith("http://127.0.0.1")
    badge = check(browser, token, clock.now())
    assert badge.achievement.achievement_type == "Certification"
    assert "Instruktør i HelseIArbeid" in badge.achievement.name and badge.achievement.criteria_narrative
    assert badge.issuer.name == "HelseIArbeid"
    said = payload(browser, token, clock.now())
    assert said["iss"] == said["issuer"]["id"] and said["jti"] == said["id"]
    assert said["sub"] == said["credentialSubject"]["id"]
    assert said["validUntil"] == "2029-11-01T23:00:00Z" and said["exp"] == 1_888_268_400
    assert datetime.fromtimestamp(said["exp"], UTC) == datetime.fromisoformat(said["validUntil"])
    assert datetime.fromtimestamp(said["nbf"], UTC) == datetime.fromisoformat(said["validFrom"])
    assert said["credentialSubject"]["licenseNumber"] == certificate.number
    assert fetched(browser, said["iss"]).get_json()["id"] == said["iss"]
    told = fetched(browser, said["credentialSubject"]["achievement"]["id"]).get_json()
    assert {key: told[key] for key in told if key != "@context"} == said["credentialSubject"]["achievement"]


def test_a_badge_has_only_the_members_the_specification_knows() -> None:
    """By the tables of Open Badges 3.0; strict readers refuse others in these classes."""
    document = credential(FACTS)
    subject = document["credentialSubject"]
    assert document["@context"][:2] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert {"id", "name", "type", "issuer", "validFrom", "validUntil", "awardedDate", "credentialSubject"} < set(
        document
    )
    assert set(subject) == {"id", "type", "identifier", "licenseNumber", "achievement"}
    assert set(subject["identifier"][0]) == {"type", "hashed", "identityHash", "identityType", "salt"}
    assert set(subject["achievement"]) == {
        "id", "type", "achievementType", "name", "description", "criteria", "image", "inLanguage", "version",
    }  # fmt: skip
    assert set(document["issuer"]) == {"id", "type", "name", "url"}
    purposes = {each["statusPurpose"]: each for each in document["credentialStatus"]}
    assert set(purposes) == {"revocation", "suspension"}
    for purpose, entry in purposes.items():
        assert entry["type"] == "BitstringStatusListEntry" and entry["statusListIndex"] == "0"
        assert entry["statusListCredential"] == f"{HERE}/badges/status/{purpose}/1"
        assert entry["id"] == f"{entry['statusListCredential']}#0"


def test_a_badge_holds_a_salted_digest_and_nothing_else_about_the_person(
    browser: Browser, database: Database, people: Cast, app: object, clock: FrozenClock
) -> None:
    certificate = factories.certify(browser.app, database, people)
    clock.advance(hours=2)
    token = badge_for(browser, database, people.kari, certificate.id)
    said = payload(browser, token, clock.now())
    (identity,) = said["credentialSubject"]["identifier"]
    digest = hashlib.sha256(f"kari@cast.example{identity['salt']}".encode()).hexdigest()
    assert identity["identityHash"] == f"sha256${digest}" and identity["hashed"] and len(identity["salt"]) == 32
    whole = json.dumps(said, ensure_ascii=False)
    for known in ("kari@cast", "Kari", "Åsen", "Tone", "Måns", "Tromsø", certificate.verify_code):
        assert known not in whole
    evidence = {each["name"]: each["narrative"] for each in said["evidence"]}
    assert evidence["Hospitering"] == "Oppfylt. 2 registreringer."
    assert len(evidence) == 7 and all(each["type"] == ["Evidence"] for each in said["evidence"])


def test_a_badge_stays_the_same_until_the_certificate_is_issued_anew(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = certified(database, people.kari)
    first = badge_for(browser, database, people.kari, certificate.id)
    with database.transaction() as session:
        session.execute(update(Person).where(Person.id == people.kari).values(email="ny@cast.example"))
    clock.advance(days=30)
    assert badge_for(browser, database, people.kari, certificate.id) == first
    with database.transaction() as session:
        next_edition(session, certificate.id, "Kari Sárá Åsen")
    second = badge_for(browser, database, people.kari, certificate.id)
    one, two = (payload(browser, token, clock.now()) for token in (first, second))
    assert one["id"] != two["id"] and one["credentialStatus"] == two["credentialStatus"]
    assert one["credentialSubject"]["identifier"] != two["credentialSubject"]["identifier"]
    check(browser, first, clock.now())
    check(browser, second, clock.now())


def test_suspended_lifted_and_revoked_are_told_from_the_day_they_work(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = certified(database, people.kari)
    token = badge_for(browser, database, people.kari, certificate.id)
    factories.decided(database, certificate.id, "suspended", date(2026, 11, 25))
    clock.instant = at_local(date(2026, 11, 25), 0) - timedelta(seconds=1)
    check(browser, token, clock.now())
    clock.instant = at_local(date(2026, 11, 25), 9)
    with pytest.raises(OB3VerificationError, match="'suspension' is set"):
        check(browser, token, clock.now())
    factories.decided(database, certificate.id, "lifted", date(2026, 12, 1))
    clock.instant = at_local(date(2026, 12, 1), 9)
    check(browser, token, clock.now())
    factories.decided(database, certificate.id, "revoked", date(2026, 12, 3))
    clock.instant = at_local(date(2026, 12, 3), 9)
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        check(browser, token, clock.now())
    for instant, purpose, count in (
        ("2026-11-24T23:30:00Z", "suspension", 0),  # it works from that midnight, and was decided at nine
        ("2026-11-26T12:00:00Z", "suspension", 1),
        ("2026-12-02T12:00:00Z", "suspension", 0),
        ("2026-11-26T12:00:00Z", "revocation", 0),
        ("2026-12-03T09:00:00%2B01:00", "revocation", 1),
    ):
        then = fetched(browser, f"/badges/status/{purpose}/1?timestamp={instant}").text
        bits = decode_encoded_list(
            jwt.decode(then, options={"verify_signature": False})["credentialSubject"]["encodedList"]
        )
        assert sum(byte.bit_count() for byte in bits) == count, (instant, purpose)


def test_it_expires_at_the_second_the_last_day_ends_in_oslo(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = certified(database, people.kari)
    token = badge_for(browser, database, people.kari, certificate.id)
    end = datetime(2029, 11, 1, 23, 0, tzinfo=UTC)
    clock.instant = end - timedelta(seconds=1)
    check(browser, token, clock.now())
    clock.instant = end
    with pytest.raises(OB3VerificationError, match="expired"):
        check(browser, token, end)
    clock.instant = datetime(2026, 11, 1, 22, 59, 59, tzinfo=UTC)
    with pytest.raises(OB3VerificationError, match="not yet valid"):
        check(browser, token, clock.now())


@pytest.mark.parametrize(
    ("valid_through", "end"),
    [
        (date(2029, 11, 21), "2029-11-21T23:00:00+00:00"),
        (date(2029, 6, 30), "2029-06-30T22:00:00+00:00"),
        (date(2029, 10, 27), "2029-10-27T22:00:00+00:00"),  # the clocks go back on the 28th
        (date(2029, 10, 28), "2029-10-28T23:00:00+00:00"),
        (date(2029, 3, 24), "2029-03-24T23:00:00+00:00"),  # and forward on the 25th
        (date(2029, 3, 25), "2029-03-25T22:00:00+00:00"),
        (date(2028, 2, 29), "2028-02-29T23:00:00+00:00"),
        (date(2038, 1, 18), "2038-01-18T23:00:00+00:00"),
    ],
)
def test_the_end_is_the_end_of_the_day_in_oslo_also_when_clocks_change(valid_through: date, end: str) -> None:
    assert ends(valid_through).isoformat() == end
    assert begins(valid_through + timedelta(days=1)) == ends(valid_through)


@given(places=st.sets(st.integers(0, LIST_LENGTH - 1), max_size=40))
def test_a_status_list_is_read_by_others_as_we_wrote_it(places: set[int]) -> None:
    bits = decode_encoded_list(encoded(places))
    assert bits == decode_encoded_list(encode_bitstring(places)) and len(bits) * 8 == LIST_LENGTH
    assert {place for place in range(LIST_LENGTH) if bits[place // 8] & 0x80 >> place % 8} == places
    assert encoded(places) == encoded(sorted(places, reverse=True))


def test_both_pictures_carry_the_badge_and_a_library_of_others_finds_it(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = certified(database, people.kari)
    token = badge_for(browser, database, people.kari, certificate.id)
    svg = browser.get(f"/sertifikat/{certificate.id}/merke.svg")
    png = browser.get(f"/sertifikat/{certificate.id}/merke.png")
    assert OB3Verifier.extract_token_from_svg(svg.data) == token
    assert OB3Verifier.extract_token_from_png(png.data) == token
    check(browser, OB3Verifier.extract_token_from_svg(svg.data), clock.now())
    assert 'role="img"' in svg.text and "<title" in svg.text and certificate.number in svg.text.partition("</desc>")[0]
    assert svg.text.count("<openbadges:credential") == 1 and "Kari" not in svg.text
    for answer, ending in ((svg, "svg"), (png, "png")):
        wanted = f"attachment; filename={certificate.number}-merke.{ending}"
        assert answer.headers["Content-Disposition"] == wanted
    with pytest.raises(ValueError):
        baking.bake_png(b"GIF89a", token)


def test_a_badge_is_its_holders_and_is_made_only_of_what_speaks_for_somebody(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = certified(database, people.kari)
    for other in (people.tone, people.siri):
        browser.sign_in_as(database, other)
        assert browser.get(f"/sertifikat/{certificate.id}/merke.svg").status_code == 404
    factories.decided(database, certificate.id, "revoked", TODAY)
    refused = browser.sign_in_as(database, people.kari).get(f"/sertifikat/{certificate.id}/merke.svg")
    assert refused.status_code == 409 and "gjelder nå" in refused.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Badge)) == 0


def test_what_verifiers_read_may_be_kept_for_a_while_and_read_from_other_sites(
    browser: Browser, database: Database, people: Cast
) -> None:
    for path, age in (("/badges/keys", 300), (REVOCATION, 300), (SUSPENSION, 300), ("/badges/issuer", 3600)):
        answer = fetched(browser, path)
        assert answer.headers["Cache-Control"] == f"public, max-age={age}"
        assert answer.headers["Access-Control-Allow-Origin"] == "*" and "Set-Cookie" not in answer.headers
        again = browser.app.test_client().get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert fetched(browser, REVOCATION).mimetype == "application/vc+jwt"
    strangers = browser.app.test_client()
    for wrong in ("/badges/status/revocation/2", "/badges/status/message/1", "/badges/keys/none",
                  "/badges/achievements/instruktor/99"):  # fmt: skip
        assert strangers.get(wrong).status_code == 404, wrong
    for wrong in ("i+g%C3%A5r", "2026-11-20", "2999-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00"):
        assert strangers.get(f"{REVOCATION}?timestamp={wrong}").status_code == 400, wrong


def test_reading_the_lists_too_often_is_asked_to_wait(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certificates.views.badges.LISTS_READ", 2)
    stranger = browser.app.test_client()
    own = [{"REMOTE_ADDR": f"2001:db8::{number}"} for number in range(3)]  # one household has them all
    assert [stranger.get(REVOCATION, environ_base=each).status_code for each in own] == [200, 200, 429]


def test_of_two_who_ask_first_at_once_both_are_given_the_same_badge(shared_database: Database) -> None:
    database, together = shared_database, Barrier(4)
    with database.transaction() as session:
        people = cast.assemble(session)
    certificate = certified(database, people.kari)

    def ask(_number: int) -> str:
        together.wait()
        with database.transaction() as session:
            issued: Issued = issued_to(session, certificate.programme, [people.kari])[people.kari][0]
            edition = edition_of(session, certificate.id)
            made = make_badge(
                session, certificate, edition, issued, lambda place: replace(FACTS, place=place.place),
                secret="s" * 40, key_address=lambda kid: f"{HERE}/badges/keys/{kid}", now=at_local(TODAY, 12),
            )  # fmt: skip
            return str(made.token)

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(ask, range(4)))) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Badge)) == 1
        assert session.scalar(select(func.count()).select_from(SigningKey)) == 1


def test_every_certificate_has_a_place_of_its_own(
    database: Database, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr("certificates.services.badges.secrets.randbelow", lambda _length: next(drawn))
    one, two = certified(database, people.kari), certified(database, people.mons)
    with database.transaction() as session:
        assert [status_of(session, each.id).place for each in (one, two, one)] == [7, 8, 7]
        assert session.scalar(select(func.count()).select_from(BadgeStatus)) == 2
