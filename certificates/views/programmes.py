"""For those who define programmes: versions and their differences, proposing, the dry run, accepting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates import impact_report, programmes_on_file
from certificates.access.programmes import proposal_for, version_for
from certificates.forms.policy import SOURCE_LENGTH_MAX, AcceptForm, ProposalForm
from certificates.impact import Impact
from certificates.jobs import issue_due
from certificates.models.programmes import ProgrammeProposal, ProgrammeVersion
from certificates.programme_changes import in_lines, in_words
from certificates.programmes_on_file import UnreadableProgramme
from certificates.queries.dry_run import Whose, concerned, impact_of
from certificates.queries.programmes import MAIN, newer_on_file, open_proposals, source_now, version_now, versions_of
from certificates.services import programmes as services
from lms import access as ground
from lms.content import Problem
from lms.db import current_database, reading, transaction
from lms.errors import Refused
from lms.features import Work
from lms.people import Person
from lms.roles import Act
from lms.verdict import Reason, because
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import say

blueprint = Blueprint("programmes", __name__, url_prefix="/programversjoner")

NAMES_SHOWN = 100
SHIPPED = "levert"
TYPED = "teksten"


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What accepting a proposal would do, and for whom of those the viewer sees. `seen` names exactly this outcome."""

    impact: Impact
    people: Sequence[Whose]
    seen: str


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The versions, what is proposed, and whether another file came with the platform."""
    ground.require(viewer(), Act.DEFINE_PROGRAMMES)
    with reading() as db:
        versions = versions_of(db, MAIN)
        proposals = open_proposals(db)
        newer = newer_on_file(db, MAIN)
    return render_template("certificates/programmes/index.html", versions=versions, proposals=proposals, newer=newer)


@blueprint.get("/<int:programme_version_id>")
def version(programme_version_id: int) -> ResponseReturnValue:
    """One version: who accepted it, when and why, and what it changed."""
    with reading() as db:
        shown = version_for(db, viewer(), programme_version_id)
        found = versions_of(db, shown.programme)
    name = next(name for each, name in found if each.id == shown.id)
    before = next((each for each, _name in found if each.number == shown.number - 1), None)
    return render_template(
        "certificates/programmes/version.html",
        version=shown,
        by=name,
        is_newest=found[0][0].id == shown.id,
        before=before,
        words=_words(before.source, shown.source) if before else (),
        lines=in_lines(before.source, shown.source) if before else (),
    )


@blueprint.get("/<int:programme_version_id>.md")
def export(programme_version_id: int) -> ResponseReturnValue:
    """A version's text as a file."""
    with reading() as db:
        shown = version_for(db, viewer(), programme_version_id)
    answer = Response(shown.source, mimetype="text/markdown")
    answer.headers["Content-Disposition"] = f'attachment; filename="{shown.programme}-{shown.number}.md"'
    return answer


@blueprint.route("/forslag", methods=["GET", "POST"])
def propose() -> ResponseReturnValue:
    """Write a text or choose a file; with problems it is shown again as it was, with their lines."""
    ground.require(viewer(), Act.DEFINE_PROGRAMMES)
    form, problems, reasons = ProposalForm(), tuple[Problem, ...](), tuple[Reason, ...]()
    instead_of = request.args.get("i_stedet_for", type=int)
    if form.is_submitted():
        if form.file.data:
            content = form.file.data.stream.read(SOURCE_LENGTH_MAX + 1)
            form.source.data = content.decode("utf-8-sig", errors="replace")
        if form.validate():
            try:
                proposed = programmes_on_file.read(form.source.data or "", TYPED)
                with transaction() as db:
                    row = services.propose(
                        db, proposed, actor_id=viewer().person_id, now=request_now(), instead_of=instead_of
                    )
                return see_other("programmes.proposal", proposal_id=row.id)
            except UnreadableProgramme as error:
                problems = tuple(error.problems)
            except Refused as refusal:
                reasons = refusal.reasons
    else:
        form.source.data = _beginning(instead_of)
    wrong = bool(problems or reasons or form.errors)
    page = render_template(
        "certificates/programmes/propose.html",
        form=form,
        problems=problems,
        reasons=reasons,
        instead_of=instead_of,
        rows=24,
    )
    return page, 422 if wrong else 200


@blueprint.get("/forslag/<int:proposal_id>")
def proposal(proposal_id: int) -> ResponseReturnValue:
    """A proposal: what it changes, what that would do, and to whom."""
    return _page(proposal_id, AcceptForm(formdata=None))


@blueprint.post("/forslag/<int:proposal_id>")
def accept(proposal_id: int) -> ResponseReturnValue:
    """Accept what was shown; anything else is shown again first."""
    form = AcceptForm()
    with reading() as db:
        row = proposal_for(db, viewer(), proposal_id)
        dry_run = _dry_run(db, row) if row.closed_at is None else None
    if not form.validate():
        return _page(proposal_id, form), 422
    if dry_run is not None and form.seen.data != dry_run.seen:
        return _page(proposal_id, form, (because("dry-run-changed"),)), 409
    if dry_run is not None and dry_run.impact.ready:  # by the rules they met, before others are in force
        issue_due(Work(database=current_database(), now=request_now()))
    try:
        with transaction() as db:
            accepted = services.accept_proposal(
                db, proposal_id, note=form.note.data, actor_id=viewer().person_id, now=request_now()
            )
    except Refused as refusal:
        return _page(proposal_id, form, refusal.reasons), 409
    flash(_("Versjon %(number)s gjelder fra nå. Utstedte sertifikater er som før.", number=accepted.number), "success")
    return see_other("programmes.version", programme_version_id=accepted.id)


@blueprint.post("/forslag/<int:proposal_id>/bort")
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Put a proposal aside."""
    with transaction() as db:
        services.withdraw(db, proposal_for(db, viewer(), proposal_id).id, now=request_now())
    flash(_("Forslaget er lagt bort. Teksten er tatt vare på."), "success")
    return see_other("programmes.index")


@blueprint.post("/forslag/<int:proposal_id>/igjen")
def again(proposal_id: int) -> ResponseReturnValue:
    """Propose the same text against the version that is in force now."""
    with transaction() as db:
        row = proposal_for(db, viewer(), proposal_id)
        same = programmes_on_file.read(row.source, TYPED)
        fresh = services.propose(db, same, actor_id=viewer().person_id, now=request_now(), instead_of=row.id)
    return see_other("programmes.proposal", proposal_id=fresh.id)


@blueprint.get("/forslag/<int:proposal_id>/virkning.csv")
def as_csv(proposal_id: int) -> ResponseReturnValue:
    """Everybody a proposal would change something for, as a table."""
    with reading() as db:
        dry_run = _dry_run(db, proposal_for(db, viewer(), proposal_id))
    answer = Response(impact_report.as_csv(dry_run.people), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="virkning-{proposal_id}.csv"'
    return answer


def _page(proposal_id: int, form: AcceptForm, reasons: Sequence[Reason] = ()) -> str:
    with reading() as db:
        row = proposal_for(db, viewer(), proposal_id)
        newest = version_now(db, row.programme)
        source = source_now(db, row.programme)
        outdated = row.closed_at is None and newest is not None and newest.number != row.based_on
        same = newest is not None and newest.digest == row.digest
        dry_run = _dry_run(db, row) if row.closed_at is None and not same else None
        by = db.get_one(Person, row.proposed_by).name
        became = db.get_one(ProgrammeVersion, row.version_id) if row.version_id is not None else None
        since = versions_of(db, row.programme)[0] if outdated else None
    return render_template(
        "certificates/programmes/proposal.html",
        proposal=row,
        by=by,
        became=became,
        since=since,
        same=same,
        newest=newest,
        form=form,
        reasons=reasons,
        words=_words(source, row.source),
        prose_stays=_prose(source) == _prose(row.source),
        lines=in_lines(source, row.source),
        dry_run=dry_run,
        counts=impact_report.counts(dry_run.impact) if dry_run else (),
        told=impact_report.told,
        names_shown=NAMES_SHOWN,
    )


def _dry_run(db: Session, row: ProgrammeProposal) -> DryRun:
    proposed = programmes_on_file.read(row.source, TYPED).programme
    impact = impact_of(db, proposed, on=request_today())
    newest = version_now(db, row.programme)
    people = concerned(db, impact.changes, viewer().may(Act.SEE_REGISTER), on=request_today())
    seen = f"{row.digest[:16]}-{newest.digest[:16] if newest else ''}-{impact.digest}"
    return DryRun(impact=impact, people=people, seen=seen)


def _words(before: str, after: str) -> Sequence[str]:
    was, becomes = (programmes_on_file.read(text, TYPED).programme for text in (before, after))
    return [say(difference) for difference in in_words(was, becomes)]


def _prose(source: str) -> str:
    return programmes_on_file.read(source, TYPED).programme.body


def _beginning(instead_of: int | None) -> str:
    """What stands in the form at first: an earlier proposal, the file of the platform, or what is in force."""
    with reading() as db:
        if instead_of is not None:
            return proposal_for(db, viewer(), instead_of).source
        newer = newer_on_file(db, MAIN)
        if request.args.get("fra") == SHIPPED and newer is not None:
            return newer.source
        return source_now(db, MAIN)
