"""What groups have learnt from pre- to post-test: figures, a picture, the same as CSV. No names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses import outcomes as rules
from courses.access.measuring import gain_reach
from courses.catalogue import Kind
from courses.outcomes import Outcome, Report, Step
from courses.queries import learning, outcomes
from courses.queries.learning import Offer
from courses.slopes import Picture, picture
from lms.db import reading
from lms.directory import units_in
from lms.formatting import number
from lms.spreadsheets import csv_file
from lms.units import Sector, Unit
from lms.web import viewer
from lms.wording import language, shown
from quizzes.gain import MIN_GROUP_PERSONS, CohortGain
from quizzes.intervals import Interval

blueprint = Blueprint("gain", __name__, url_prefix="/maling")

PARAMETERS: Mapping[str, Step] = {
    "utgave": Step.VERSION,
    "samling": Step.SEMINAR,
    "sektor": Step.SECTOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filter in the address."""

    course: str
    wanted: Mapping[Step, str]
    named: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the pages show: the report as asked for, what can be chosen, and the names of things."""

    asked: Asked
    offers: Sequence[Offer]
    title: str
    language: str
    objectives: Mapping[str, str]
    everybody: Sequence[Outcome]
    units: Sequence[Unit]
    seminars: Mapping[int, str]
    combined: bool
    report: Report

    def name(self, step: Step, value: str) -> str:
        """How a value of a step is written."""
        if value == rules.NONE:
            return str(_("uten"))
        if step is Step.VERSION:
            return str(_("utgave %(number)s", number=value))
        if step is Step.SEMINAR:
            return self.seminars.get(int(value), value)
        if step in (Step.REGION, Step.UNIT):
            return next((unit.name for unit in self.units if unit.path == value), value)
        if step is Step.HALF:
            return half_year(value)
        return shown(value)

    @property
    def numbered(self) -> list[tuple[int, str, CohortGain | None]]:
        """The objectives with the numbers they have in the picture."""
        return [(n, self.objectives.get(key, key), gain) for n, (key, gain) in enumerate(self.report.objectives, 1)]

    @property
    def picture(self) -> Picture | None:
        """Before and after on each objective."""
        gain = self.report.gain
        pairs = [(n, one.pre_mean, one.post_mean) for n, _text, one in self.numbered if one is not None]
        return picture(pairs, (gain.pre_mean, gain.post_mean)) if gain and pairs else None

    @property
    def periods(self) -> list[str]:
        """Years, each before its halves, the latest first."""
        years = sorted({one.place()[Step.YEAR] for one in self.everybody}, reverse=True)
        halves = {one.place()[Step.HALF] for one in self.everybody}
        return [period for year in years for period in (year, f"{year}-2", f"{year}-1") if period in {year, *halves}]

    @property
    def versions(self) -> list[str]:
        """The versions in which somebody has taken both tests, the newest first."""
        return [str(one) for one in sorted({one.version for one in self.everybody}, reverse=True)]


def half_year(value: str) -> str:
    """«2026-1» in words."""
    year, _dash, half = value.partition("-")
    if not half:
        return year
    return str(_("første halvår %(year)s", year=year) if half == "1" else _("andre halvår %(year)s", year=year))


@blueprint.get("/utbytte")
def index() -> ResponseReturnValue:
    """What those within reach have learnt in a course, as filtered."""
    sight = _sight()
    return render_template(
        "courses/measuring/gain.html",
        sight=sight,
        asked=sight.asked,
        report=sight.report,
        sectors=tuple(Sector),
        half_year=half_year,
        least=MIN_GROUP_PERSONS,
    )


@blueprint.get("/utbytte.csv")
def as_csv() -> ResponseReturnValue:
    """The same figures for a spreadsheet: shares of all points in per cent, gains as they are."""
    sight = _sight()
    heading = [_("Delt etter"), _("Gruppe"), _("Personer"), _("Førtest"), _("Ettertest")]
    for what in (_("Endring"), _("Gevinst"), _("Snitt av personenes gevinst")):
        heading += [what, _("%(what)s, nedre grense", what=what), _("%(what)s, øvre grense", what=what)]
    rows: list[list[object]] = []
    if sight.report.gain:
        rows.append([_("alle i utvalget"), sight.title, *_cells(sight.report.gain)])
    rows += [[_("læringsmål"), text, *_cells(gain)] for _n, text, gain in sight.numbered if gain]
    for parting in sight.report.partings:
        rows += [
            [step_name(parting.step), sight.name(parting.step, value), *_cells(gain)] for value, gain in parting.parts
        ]
    answer = Response(csv_file(heading, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="utbytte-{sight.asked.course or "ingen"}.csv"'
    return answer


@blueprint.app_template_global("step_name")
def step_name(step: Step) -> str:
    """What a table parts people by."""
    names = {
        Step.VERSION: _("Utgave av kurset"),
        Step.SEMINAR: _("Samling"),
        Step.REGION: _("Region"),
        Step.UNIT: _("Enhet"),
        Step.SECTOR: _("Sektor"),
        Step.YEAR: _("År"),
        Step.HALF: _("Halvår"),
    }
    return str(names[step])


def _sight() -> Sight:
    reach = gain_reach(viewer())
    with reading() as db:
        taken = set(outcomes.courses_with_outcomes(db))
        offers = sorted(
            (one for one in learning.offers(db) if one.kind is not Kind.OPEN),
            key=lambda one: (one.course_id not in taken, one.kind is not Kind.FOUNDATION, one.title),
        )
        asked = _asked(offers)
        found = outcomes.outcomes_in(db, reach, asked.course)
        units = units_in(db, reach)
        offer = next((one for one in offers if one.course_id == asked.course), None)
        course = learning.volume(db, offer.digest).in_language(language()).course if offer else None
    titles = {one.id: one.text for one in course.objectives} if course else {}
    met = {objective for one in found.outcomes for objective in one.objectives}
    group = rules.choice(asked.wanted)
    can_be_asked = rules.can_be_asked(group)
    known = [*(one for one in titles if one in met), *sorted(met - titles.keys())]
    nothing = Report(gain=None, objectives=(), partings=())
    return Sight(
        asked=asked,
        offers=offers,
        title=course.title if course else "",
        language=str(course.language) if course else language(),
        objectives=titles,
        everybody=found.outcomes,
        units=units,
        seminars=found.seminars,
        combined=not can_be_asked,
        report=rules.report(found.outcomes, known, group) if can_be_asked else nothing,
    )


def _asked(offers: Sequence[Offer]) -> Asked:
    named = {
        name: request.args.get(name, "").replace("\0", "").strip()
        for name in ("kurs", "utgave", "samling", "enhet", "sektor", "periode")
    }
    if named["kurs"] not in {one.course_id for one in offers}:
        named["kurs"] = offers[0].course_id if offers else ""
    wanted = {step: named[name] for name, step in PARAMETERS.items() if named[name]}
    if unit := named["enhet"]:
        wanted[Step.REGION if rules.region_of(unit) == unit else Step.UNIT] = unit
    if period := named["periode"]:
        wanted[Step.HALF if "-" in period else Step.YEAR] = period
    return Asked(course=named["kurs"], wanted=wanted, named={name: value for name, value in named.items() if value})


def _cells(gain: CohortGain) -> list[object]:
    def bounds(interval: Interval | None, times: int, decimals: int) -> list[object]:
        return ["", ""] if interval is None else [number(bound * times, decimals) for bound in interval]

    return [
        gain.persons,
        number(gain.pre_mean * 100),
        number(gain.post_mean * 100),
        number(gain.difference * 100),
        *bounds(gain.difference_interval, 100, 1),
        "" if gain.gain_of_means is None else number(gain.gain_of_means, 2),
        *bounds(gain.gain_interval, 1, 2),
        "" if gain.mean_of_gains is None else number(gain.mean_of_gains, 2),
        *bounds(gain.gains_interval, 1, 2),
    ]
