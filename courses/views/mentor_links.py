"""The page behind a mentor's link: what is asked, and two buttons. Nobody signs in; opening it changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from courses.forms.visits import SendBackForm
from courses.queries.visits import told
from courses.services import mentor_links
from courses.services.mentor_links import Asked, LinkState
from courses.visits import Word
from lms.db import reading, transaction
from lms.errors import Refused
from lms.verdict import Reason
from lms.web import public, request_now, see_other, signed_in

blueprint = Blueprint("mentor_links", __name__, url_prefix="/hospitering/lenke")
STATUS = {LinkState.OPEN: 200, LinkState.ANSWERED: 200, LinkState.WITHDRAWN: 410, LinkState.EXPIRED: 410}


@blueprint.get("/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """What is to be confirmed."""
    with reading() as db:
        asked = mentor_links.asked_by(db, token, now=request_now())
    return _page(token, asked, SendBackForm(formdata=None)), STATUS[asked.state]


@blueprint.post("/<token>/bekreft")
@public
def confirm(token: str) -> ResponseReturnValue:
    """Yes, it was so."""
    return _answer(token, Word.CONFIRMED, SendBackForm(formdata=None), "")


@blueprint.post("/<token>/send-tilbake")
@public
def send_back(token: str) -> ResponseReturnValue:
    """Not quite: what is to be set right."""
    form = SendBackForm()
    if not form.validate():
        with reading() as db:
            asked = mentor_links.asked_by(db, token, now=request_now())
        return _page(token, asked, form), 422 if asked.state is LinkState.OPEN else STATUS[asked.state]
    return _answer(token, Word.SENT_BACK, form, form.comment.data)


def _answer(token: str, word: Word, form: SendBackForm, comment: str) -> ResponseReturnValue:
    here = signed_in()
    try:
        with transaction() as db:
            mentor_links.answer(
                db,
                token,
                word=word,
                comment=comment,
                answerer_id=here.person_id if here else None,
                now=request_now(),
            )
    except Refused as refusal:
        with reading() as db:
            asked = mentor_links.asked_by(db, token, now=request_now())
        return _page(token, asked, form, refusal.reasons), 409
    return see_other("mentor_links.show", token=token)


def _page(token: str, asked: Asked, form: SendBackForm, reasons: Sequence[Reason] = ()) -> str:
    return render_template(
        "courses/fieldwork/mentor_link.html",
        token=token,
        asked=asked,
        observed=told(asked.report),
        form=form,
        reasons=reasons,
    )
