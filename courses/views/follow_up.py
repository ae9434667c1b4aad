"""The follow-up of a company: a page with two QR codes, a sheet for the wall, and the anonymous form behind one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import segno
from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courses import feedback
from courses.access import follow_up as access
from courses.forms.follow_up import FeedbackForm
from courses.models.deliveries import Delivery, DeliveryFollowUp
from courses.queries import follow_up as queries
from courses.queries import learning
from courses.services import follow_up as services
from lms import ids, throttle
from lms.db import current_database, reading, transaction
from lms.errors import Refused
from lms.verdict import Reason
from lms.web import full_address, public, request_now, request_today, see_other, viewer

blueprint = Blueprint("follow_up", __name__)

OPEN_COURSE = "arbeidsplassen"
TRIES = 200  # a whole workplace may stand behind one address
WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An address to follow, as a link and as a QR code (a picture in the page itself)."""

    address: str
    picture: str


@blueprint.route("/leveranser/<int:delivery_id>/oppfolging", methods=["GET", "POST"])
def index(delivery_id: int) -> ResponseReturnValue:
    """What the company can go on with, and what its people have said. A click opens the page for them."""
    if request.method == "POST":
        with transaction() as db:
            standing = access.followed_for(db, viewer(), delivery_id)
            if queries.follow_up_of(db, standing) is None:
                services.open_follow_up(db, delivery_id=standing.row.id, by=viewer().person_id, now=request_now())
        flash(_("Siden er åpnet. Heng opp arket, eller send lenken til bedriften."), "success")
        return see_other("follow_up.index", delivery_id=delivery_id)
    with reading() as db:
        row = access.followed_for(db, viewer(), delivery_id)
        page = queries.follow_up_of(db, row)
        answers = queries.answers_of(db, page) if page else []
        course = _course(db)
    return render_template(
        "courses/fieldwork/deliveries/follow_up.html",
        row=row.row,
        page_open=page,
        form_way=_form_way(page) if page else None,
        course=course,
        summary=feedback.summarise(answers),
        today=request_today(),
    )


@blueprint.get("/leveranser/<int:delivery_id>/oppslag")
def sheet(delivery_id: int) -> ResponseReturnValue:
    """The sheet for the wall."""
    with reading() as db:
        row = access.followed_for(db, viewer(), delivery_id)
        page = queries.follow_up_of(db, row)
        course = _course(db)
    if page is None:
        return see_other("follow_up.index", delivery_id=delivery_id)
    return render_template(
        "courses/fieldwork/deliveries/sheet.html", row=row.row, form_way=_form_way(page), course=course, page_open=page
    )


@blueprint.route("/tilbakemelding/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> ResponseReturnValue:
    """For those who listened: four statements and some words, anonymously."""
    _throttle()
    form = FeedbackForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        page = access.page_behind(db, token)
        held = db.get_one(Delivery, page.delivery_id)
        course = _course(db)
    if request_today() > page.closes_on:
        return render_template("courses/fieldwork/deliveries/feedback_closed.html", page_open=page, course=course), 410
    if form.validate_on_submit():
        try:
            with transaction() as db:
                services.give_feedback(
                    db,
                    follow_up=access.page_behind(db, token),
                    entry=form.entry.data,
                    marks=form.marks(),
                    comment=form.comment.data,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            return see_other("follow_up.thanks", token=token)
    form.entry.data = form.entry.data or ids.new_token()
    text = render_template(
        "courses/fieldwork/deliveries/feedback.html",
        form=form,
        held=held,
        page_open=page,
        reasons=reasons,
        course=course,
    )
    return text, 422 if form.errors or reasons else 200


@blueprint.get("/tilbakemelding/<token>/takk")
@public
def thanks(token: str) -> ResponseReturnValue:
    """Thanks, and the way on."""
    _throttle()
    with reading() as db:
        access.page_behind(db, token)
        course = _course(db)
    return render_template("courses/fieldwork/deliveries/feedback_thanks.html", course=course)


def _throttle() -> None:
    who = throttle.household(request.remote_addr)
    throttle.count(current_database(), "feedback", who, limit=TRIES, window=WINDOW, now=request_now())


def _course(db: Session) -> Way | None:
    """The open course, if it is published."""
    if learning.offer(db, OPEN_COURSE) is None:
        return None
    return _way(full_address("courses.course", course_id=OPEN_COURSE))


def _form_way(page: DeliveryFollowUp) -> Way:
    return _way(full_address("follow_up.answer", token=page.token))


def _way(address: str) -> Way:
    return Way(address=address, picture=segno.make(address, error="m", micro=False).svg_data_uri(scale=8, light="#fff"))
