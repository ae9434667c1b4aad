"""The deliveries of one's units: a list with filters, and the same as CSV. Other regions' companies are never in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import unit_deliveries as access
from courses.companies import name_key, spaced
from courses.forms.visits import module_choices
from courses.models.deliveries import Delivery
from courses.queries import unit_deliveries as queries
from courses.queries.unit_deliveries import UnitLine, Wanted
from lms.db import reading
from lms.directory import units_in
from lms.spreadsheets import csv_file
from lms.units import Unit
from lms.web import request_today, viewer
from lms.wording import shown

blueprint = Blueprint("unit_deliveries", __name__, url_prefix="/leveranser")

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filter in the address; what isn't known is left out."""

    fra: str
    til: str
    enhet: str
    modul: str
    modell: str
    bedrift: str

    @property
    def named(self) -> dict[str, str]:
        """What is asked for, as it stands in an address."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value}


@blueprint.get("/enheten")
def index() -> ResponseReturnValue:
    """The deliveries as filtered, fifty at a time, with the sums above them."""
    asked, lines, units = _found()
    page = max(request.args.get("side", 1, int), 1)
    rows = [line.standing.row for line in lines]
    return render_template(
        "courses/fieldwork/deliveries/unit.html",
        asked=asked,
        lines=lines[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH],
        found=len(lines),
        listeners=sum(row.employees + row.leaders for row in rows),
        companies=_how_many_companies(rows),
        units=units,
        modules=module_choices(),
        page_number=page,
        pages=-(-len(lines) // PAGE_LENGTH),
        today=request_today(),
    )


@blueprint.get("/enheten.csv")
def as_csv() -> ResponseReturnValue:
    """The same for a spreadsheet, all of it."""
    _asked, lines, _units = _found()
    heading = [
        _("Dato"),
        _("Bedrift"),
        _("Organisasjonsnummer"),
        _("Modul"),
        _("Modell"),
        _("Ansatte"),
        _("Ledere"),
        _("Varighet i minutter"),
        _("Enhet"),
        _("Instruktører"),
        _("Partneren har bekreftet"),
    ]
    answer = Response(csv_file(heading, [_cells(line) for line in lines]), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="leveranser-{request_today().isoformat()}.csv"'
    return answer


def _how_many_companies(rows: list[Delivery]) -> int:
    """By their numbers; one that was logged without is the one of the same name that has one."""
    numbers = {name_key(row.company): row.org_number for row in rows if row.org_number}
    return len({row.org_number or numbers.get(name_key(row.company)) or name_key(row.company) for row in rows})


def _cells(line: UnitLine) -> list[object]:
    row = line.standing.row
    confirmed = "" if len(line.instructors) == 1 else _("nei") if line.unconfirmed else _("ja")
    return [
        row.on,
        row.company,
        spaced(row.org_number) if row.org_number else "",
        shown(row.module),
        row.model,
        row.employees,
        row.leaders,
        row.duration_minutes,
        line.unit_name,
        ", ".join(line.instructors),
        confirmed,
    ]


def _found() -> tuple[Asked, list[UnitLine], list[Unit]]:
    reach = access.unit_list_reach(viewer())
    with reading() as db:
        units = list(units_in(db, reach))
        asked = _asked(units)
        wanted = Wanted(
            first=_day(asked.fra),
            last=_day(asked.til),
            unit_path=asked.enhet,
            module=asked.modul,
            model=int(asked.modell) if asked.modell else None,
        )
        lines = queries.deliveries_in(db, reach, wanted)
    if asked.bedrift:
        looked_for = name_key(asked.bedrift)
        digits = "".join(asked.bedrift.split())
        lines = [
            line
            for line in lines
            if looked_for in name_key(line.standing.row.company) or digits == line.standing.row.org_number
        ]
    return asked, lines, units


def _asked(units: list[Unit]) -> Asked:
    given = {name: request.args.get(name, "").strip()[:200] for name in Asked.__slots__}
    known = {
        "enhet": {unit.path for unit in units},
        "modul": {str(choice.value) for choice in module_choices()},
        "modell": {"1", "2"},
    }
    for name, values in known.items():
        given[name] = given[name] if given[name] in values else ""
    for name in ("fra", "til"):
        given[name] = given[name] if _day(given[name]) else ""
    return Asked(**given)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
