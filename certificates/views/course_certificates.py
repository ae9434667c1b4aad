"""My courses of the last years, as a page and as one file; a course certificate as a page and as a PDF."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates import course_certificates as rules
from certificates import course_presentation as presentation
from certificates.access.course_certificates import course_certificate_for
from certificates.course_presentation import OwnCourse
from certificates.documents.courses import course_certificate_pdf, course_list_pdf
from certificates.queries import course_certificates as queries
from certificates.queries.documents import content_of
from certificates.services import course_certificates as services
from lms import access as ground
from lms.db import reading, transaction
from lms.people import Locale, Person
from lms.roles import Act
from lms.spreadsheets import csv_file
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import language

blueprint = Blueprint("course_certificates", __name__)


@blueprint.get("/mine-kurs")
def index() -> ResponseReturnValue:
    """All courses of the last five years, with what is left of those under way, and the course certificates."""
    ground.require(viewer(), Act.LEARN)
    with reading() as db:
        courses = own_courses(db, viewer().person_id)
    return render_template("certificates/courses/index.html", courses=courses, years=rules.SHOWN_YEARS)


@blueprint.get("/mine-kurs.csv")
def as_csv() -> ResponseReturnValue:
    """The same for a spreadsheet."""
    ground.require(viewer(), Act.LEARN)
    with reading() as db:
        courses = own_courses(db, viewer().person_id)
    body = csv_file(presentation.list_headings(), [presentation.list_cells(each) for each in courses])
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="mine-kurs-{request_today().isoformat()}.csv"'
    return answer


@blueprint.get("/mine-kurs.pdf")
def as_pdf() -> ResponseReturnValue:
    """The same as one document to pass on."""
    ground.require(viewer(), Act.LEARN)
    today, now = request_today(), request_now()
    with reading() as db:
        person = db.get_one(Person, viewer().person_id)
        courses = own_courses(db, person.id)
    since = rules.years_before(today, rules.SHOWN_YEARS)
    text = presentation.list_text(person, courses, since=since, today=today, now=now, locale=_wanted_locale())
    name = f"mine-kurs-{today.isoformat()}.pdf"
    return send_file(io.BytesIO(course_list_pdf(text)), mimetype="application/pdf", download_name=name)


@blueprint.get("/kursbevis/<int:course_certificate_id>")
def show(course_certificate_id: int) -> ResponseReturnValue:
    """A course certificate as a page."""
    with reading() as db:
        certificate = course_certificate_for(db, viewer(), ground.row_id(course_certificate_id))
        editions = queries.editions_of(db, certificate.id)
        holder = db.get_one(Person, certificate.person_id)
    newest = editions[-1]
    hpr_number = holder.hpr_number if certificate.capacity == rules.Capacity.DOCTOR else None
    return render_template(
        "certificates/courses/certificate.html",
        certificate=certificate,
        edition=newest,
        editions=editions,
        words=presentation.told(certificate, language()),
        words_language=presentation.course_language(certificate, language()),
        hours=presentation.hours_by_kind(certificate),
        approvals=presentation.approvals(certificate),
        changed=(newest.holder_name, newest.hpr_number) != (holder.name, hpr_number),
        own=certificate.person_id == viewer().person_id,
    )


@blueprint.get("/kursbevis/<int:course_certificate_id>.pdf")
def pdf(course_certificate_id: int) -> ResponseReturnValue:
    """A course certificate as a document, in the language asked for: the bytes that were given out first."""
    locale = _wanted_locale()
    with reading() as db:
        certificate = course_certificate_for(db, viewer(), ground.row_id(course_certificate_id))
        edition = queries.newest_edition(db, certificate.id)
        stored = services.stored_document(db, edition.id, locale)
    if stored is not None:
        content = content_of(stored)
    else:
        made = course_certificate_pdf(presentation.certificate_text(certificate, edition, locale))
        with transaction() as db:
            content = services.keep_document(db, edition.id, locale, made, now=request_now())
    name = f"{certificate.number}-{locale}.pdf"  # no name of a person in a file that is passed on
    return send_file(io.BytesIO(content), mimetype="application/pdf", download_name=name)


@blueprint.post("/kursbevis/<int:course_certificate_id>/ny-utgave")
def reissue(course_certificate_id: int) -> ResponseReturnValue:
    """The next edition, with the name and number the holder has now."""
    with transaction() as db:
        certificate = course_certificate_for(db, viewer(), ground.row_id(course_certificate_id))
        services.reissue(db, certificate, actor_id=viewer().person_id, now=request_now())
    flash(_("Kursbeviset er utstedt i ny utgave. Nummer og kontrollkode er de samme."), "success")
    return see_other("course_certificates.show", course_certificate_id=course_certificate_id)


def own_courses(db: Session, person_id: int) -> list[OwnCourse]:
    """A person's courses of the last years, the latest first; one passed longer ago is not among them."""
    since = rules.years_before(request_today(), rules.SHOWN_YEARS)
    issued = queries.certificates_by_enrolment(db, person_id)
    found = []
    for course in queries.courses_of(db, person_id):
        if (course.passed_on or course.result.enrolled_on) < since:
            continue
        certificate = issued.get(course.enrolment_id)
        titles = {str(one.language): one.title for one in course.volume.translations}
        found.append(
            OwnCourse(
                title=titles.get(language(), course.volume.title),
                version_number=course.result.version_number,
                begun_on=course.result.enrolled_on,
                passed_on=certificate.last_on if certificate else course.passed_on,
                hours=course.volume.hours if certificate or course.passed_on else None,
                certificate=certificate,
            )
        )
    return sorted(found, key=lambda each: (each.passed_on or request_today(), each.begun_on), reverse=True)


def _wanted_locale() -> Locale:
    wanted = request.args.get("sprak", viewer().locale)
    return Locale(wanted) if wanted in tuple(Locale) else Locale.NB
