"""From the invitation mail to a certificate a stranger can verify, page by page, without JavaScript."""

from __future__ import annotations

import io
from datetime import date
from email.message import EmailMessage

from pypdf import PdfReader
from sqlalchemy import select

from lms import jobs
from lms.clock import at_local, start_of_day
from lms.people import by_email
from quizzes.models import Attempt
from tests.clients import Browser
from tests.journeys import script
from tests.journeys.conftest import Site
from tests.journeys.script import NAME, NEWCOMER, PART_1, PART_2, PASSWORD, norwegian
from tests.transports import link_in, text_of

TONE, KNUT, MONS = "tone@cast.example", "knut@cast.example", "mons@cast.example"


def on(site: Site, day: date) -> None:
    """It is ten o'clock on a day."""
    site.clock.instant = at_local(day, 10)


def take_test(site: Site, nina: Browser, button: str, *, right: int) -> str:
    """Sit a test with so many of the 27 questions right; returns the words of the result page."""
    nina.submit(button)
    with site.database.reading() as session:
        attempt_id = session.scalars(select(Attempt.id).order_by(Attempt.id.desc())).first()
        assert attempt_id is not None
        answers = script.right_answers(session, attempt_id)
    given = {f"svar-{position}": keys for position, keys in answers.items() if position <= right}
    nina.submit("Lever prøven", **given)
    nina.submit("Lever likevel" if right < len(answers) else "Lever prøven")
    assert nina.last.request.path.endswith("/resultat")
    return nina.page.text


def test_from_invitation_to_verified_certificate(site: Site) -> None:
    knut = Browser(site.app).sign_in(KNUT)
    knut.get("/folk/inviter")
    unit = str(site.people.tromso)
    knut.submit("Send invitasjonen", name=NAME, email=NEWCOMER, unit=unit, sector="nav", locale="nb")
    jobs.send_mail(site.app)

    nina = Browser(site.app)
    (invitation,) = site.mail.to(NEWCOMER)
    nina.get(link_in(invitation).removeprefix(site.url))
    nina.submit("Lagre og gå videre", password=PASSWORD, again=PASSWORD)
    assert "Hei, Nina" in nina.page.text

    learns_in_the_browser(site, nina)
    meets_the_others(site)
    approved_on_the_last_day(site)
    holds_a_certificate(site)
    is_seen_by_the_region_and_reminded(site)


def learns_in_the_browser(site: Site, nina: Browser) -> None:
    nina.get("/kurs/startopplaering")
    nina.submit("Begynn på kurset")
    result = take_test(site, nina, "Ta førtesten", right=11)
    assert "40,7 %" in result
    assert "Forklaring" not in result
    nina.get("/kurs/startopplaering")
    assert "Ta ettertesten" not in nina.last.text, "the lessons come first"
    while True:
        nina.get("/kurs/startopplaering")
        words = [words for words in nina.page.links if words in ("Begynn på første leksjon", "Fortsett der du var")]
        if not words:
            break
        nina.click(words[0])
        nina.submit("Ferdig – gå videre")
    failed = take_test(site, nina, "Ta ettertesten", right=19)
    assert "70,3 %" in failed
    nina.get("/kurs/startopplaering")
    passed = take_test(site, nina, "Ta ettertesten på nytt", right=25)
    assert "92,6 %" in passed
    path = nina.get("/min-vei")
    assert path.status_code == 200


def meets_the_others(site: Site) -> None:
    with site.database.reading() as session:
        nina = by_email(session, NEWCOMER)
    assert nina is not None
    tone = Browser(site.app).sign_in(TONE)
    tone.get("/samlinger/ny")
    days = {f"part_1_day_{n}": day.isoformat() for n, day in enumerate(PART_1, 1)}
    days |= {f"part_2_day_{n}": day.isoformat() for n, day in enumerate(PART_2, 1)}
    tone.submit("Planlegg samlingen", name="Samling vinter", place="Tromsø", **days)
    seminar = tone.last.request.path
    tone.submit("Søk", q="øyen")
    tone.submit("Legg til de avkryssede", person=str(nina.id))
    assert NAME in tone.page.text
    for day in (*PART_1, *PART_2):
        on(site, day)
        tone = Browser(site.app).sign_in(TONE)
        tone.get(seminar)
        tone.click(next(words for words in tone.page.links if words.startswith("Registrer frammøte")))
        tone.submit("Lagre frammøtet", present=str(nina.id))
        if day == PART_1[-1]:
            observes_two_presentations(site)


def observes_two_presentations(site: Site) -> None:
    for day, module in script.VISITS:
        on(site, day)
        nina = Browser(site.app).sign_in(NEWCOMER, PASSWORD)
        nina.get("/hospitering/ny")
        nina.submit(
            "Gå videre",
            on=day.isoformat(),
            company="Nordlys Lager & <Sønn>",
            modules=module,
            model="1",
            mentor=str(site.people.mons),
        )
        nina.submit("Lever rapporten", message="Rolig.", taking_part="Alle var med.", reflection="Spørre mer.")
        mons = Browser(site.app).sign_in(MONS)
        mons.get("/hospitering")
        button = next(words for form in mons.page.forms for words in form.buttons if words.startswith("Bekreft"))
        assert NAME in button
        mons.submit(button)


def approved_on_the_last_day(site: Site) -> None:
    on(site, script.APPROVED)
    with site.database.reading() as session:
        nina = by_email(session, NEWCOMER)
    assert nina is not None
    tone = Browser(site.app).sign_in(TONE)
    tone.get("/deltakere")
    tone.click(NAME)
    tone.submit("Begynn vurderingen")
    levels = {name: "3" for name in tone.page.form_with("Lever vurderingen").offered if name.startswith("level-")}
    refused = tone.submit("Lever vurderingen", outcome="not_yet", **levels)
    assert refused.status_code == 422, "«not yet» without a word to the participant"
    words = {"feedback": "Spør mer, forklar mindre.", "next_steps": "Øv på spørsmål med makkeren."}
    tone.submit("Lever vurderingen", outcome="not_yet", **words)
    mine = Browser(site.app).sign_in(NEWCOMER, PASSWORD)
    assert "Spør mer, forklar mindre." in mine.get("/min-vei").text
    tone.get(f"/deltakere/{nina.id}")
    tone.submit("Begynn vurderingen")
    tone.submit("Lever vurderingen", outcome="approved", feedback="Fint!", **levels)
    assert norwegian(script.VALID_THROUGH) in tone.page.text


def about_the_certificate(site: Site) -> list[EmailMessage]:
    """What Nina has been sent, but for the voluntary knowledge check that is offered the first of these nights."""
    return [mail for mail in site.mail.to(NEWCOMER) if "kunnskapssjekk" not in str(mail["Subject"])]


def holds_a_certificate(site: Site) -> None:
    jobs.send_mail(site.app)
    mail = site.mail.to(NEWCOMER)[-1]
    nina = Browser(site.app).sign_in(NEWCOMER, PASSWORD)
    nina.get(link_in(mail).removeprefix(site.url))
    page = nina.page
    assert NAME in page.text
    assert norwegian(script.APPROVED) in page.text
    assert norwegian(script.VALID_THROUGH) in page.text
    pdf_link = next(target for target in page.links.values() if ".pdf" in target)
    pdf = PdfReader(io.BytesIO(nina.get(pdf_link).data))
    printed = " ".join(pdf.pages[0].extract_text().split())
    assert NAME in printed
    stranger = Browser(site.app)
    stranger.get("/verify")
    code = script.printed_code(printed)
    shown = stranger.submit("Kontroller", kode=code.lower().replace("-", " "))
    assert shown.status_code == 200
    assert NAME in shown.text
    assert norwegian(script.VALID_THROUGH) in shown.text
    as_json = stranger.get(shown.request.path, headers={"Accept": "application/json"}).json
    assert as_json is not None
    assert as_json["valid_through"] == script.VALID_THROUGH.isoformat()


def is_seen_by_the_region_and_reminded(site: Site) -> None:
    knut = Browser(site.app).sign_in(KNUT)
    assert NAME in knut.get("/register").text
    assert NAME in knut.get("/register.csv").text
    sonja = Browser(site.app).sign_in("sonja@cast.example")
    assert NAME not in sonja.get("/register").text
    window_opens = date(2029, 7, 11)
    before = len(about_the_certificate(site))
    for day, at_night, by_day in ((date(2029, 7, 10), 0, 0), (window_opens, 0, 1), (window_opens, 1, 1)):
        site.clock.instant = start_of_day(day)
        for job in jobs.all_jobs(site.app):
            jobs.run_job(site.app, job, now=site.clock.now())
        jobs.send_mail(site.app)
        assert len(about_the_certificate(site)) == before + at_night, "mails leave by day"
        on(site, day)
        jobs.send_mail(site.app)
        assert len(about_the_certificate(site)) == before + by_day
    reminder = text_of(about_the_certificate(site)[-1])
    assert norwegian(script.VALID_THROUGH) in reminder
    assert "/min-vei" in reminder
