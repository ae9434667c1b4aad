"""Checking in: the page shown in the room, and the one on the participant's phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import segno
from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses import attendance as rules
from courses.access import seminars as access
from courses.forms.attendance import CodeForm
from courses.queries import attendance as queries
from courses.services import attendance, checking_in
from lms import throttle
from lms.db import current_database, reading, transaction
from lms.errors import Refused
from lms.verdict import Reason
from lms.web import full_address, request_now, request_today, see_other, viewer
from lms.wording import say

blueprint = Blueprint("attendance", __name__)

TRIES = 10  # of a code of six digits
WINDOW = timedelta(minutes=10)
QR_QUIET_ZONE_MODULES = 4  # ISO/IEC 18004


@blueprint.route("/samlinger/<int:seminar_id>/dag/<int:day_id>/innsjekk", methods=["GET", "POST"])
def room(seminar_id: int, day_id: int) -> ResponseReturnValue:
    """The page for the screen in the room: open, show the code, close."""
    reasons: Sequence[Reason] = ()
    if request.method == "POST":
        act = checking_in.close_check_in if request.form.get("handling") == "lukk" else checking_in.open_check_in
        try:
            with transaction() as db:
                _seminar, day = access.seminar_day_for(db, viewer(), seminar_id, day_id)
                act(db, day=day, by=viewer().person_id, now=request_now())
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            return see_other("attendance.room", seminar_id=seminar_id, day_id=day_id)
    now = request_now()
    with reading() as db:
        seminar, day = access.seminar_day_for(db, viewer(), seminar_id, day_id)
        opened = queries.check_in_of(db, day_id)
        roll = attendance.roll_of(db, day_id)
    is_open = opened is not None and opened.closed_at is None and day.on == request_today()
    code = rules.code_at(opened.secret, now) if opened is not None and is_open else ""
    page = render_template(
        "courses/fieldwork/check_in_room.html",
        seminar=seminar,
        day=day,
        today=request_today(),
        code=code,
        address=full_address("attendance.check_in"),
        picture=_picture(full_address("attendance.check_in", kode=code)) if code else "",
        seconds=int((rules.turns_at(now) - now).total_seconds()) + 1,
        present=sum(roll.present.get(person_id, False) for person_id in roll.listed),
        listed=len(roll.listed),
        reasons=reasons,
    )
    return page, 409 if reasons else 200


def _picture(address: str) -> str:
    """A QR code as the address of a picture."""
    made = segno.make(address, micro=False)
    return str(made.svg_data_uri(border=QR_QUIET_ZONE_MODULES, scale=8, dark="#000", light="#fff"))


@blueprint.route("/innsjekk", methods=["GET", "POST"])
def check_in() -> ResponseReturnValue:
    """On the phone: type the code. A wrong one is counted, and stays to be corrected."""
    me, form = viewer().person_id, CodeForm()
    if request.method == "GET":
        form.kode.data = request.args.get("kode", "")
    if form.validate_on_submit():
        throttle.count(current_database(), "check-in", str(me), limit=TRIES, window=WINDOW, now=request_now())
        try:
            with transaction() as db:
                checking_in.check_in(db, person_id=me, code=rules.typed_code(form.kode.data), now=request_now())
        except Refused as refusal:
            form.kode.errors = [say(reason) for reason in refusal.reasons]
        else:
            flash(_("Du er sjekket inn. God samling!"), "success")
            return see_other("attendance.check_in")
    with reading() as db:
        days = [each for each in queries.own_days(db, me) if each.day.on == request_today()]
    return render_template("courses/fieldwork/check_in.html", form=form, days=days), 422 if form.errors else 200
