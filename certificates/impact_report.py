"""What a dry run found, for people: numbers, and whose, on a page, in the terminal and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from certificates.impact import Change, Impact, What
from certificates.queries.dry_run import Whose
from lms.spreadsheets import csv_file
from lms.wording import say, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many things of a kind change, and for how many people."""

    what: What
    changes: int
    people: int


def counts(impact: Impact) -> Sequence[Count]:
    """A line for every kind of change, also those of which there is none: that nothing moves is worth saying."""
    changes, people = impact.counts, impact.persons
    return [Count(what=what, changes=changes[what], people=people[what]) for what in What]


def told(change: Change) -> str:
    """One change as a sentence."""
    about = say(change.about)
    match change.what:
        case What.MET:
            return str(_("%(what)s: oppfylt", what=about))
        case What.UNMET:
            return str(_("%(what)s: ikke lenger oppfylt", what=about))
        case What.MAIL_NEW:
            return str(_("Ny: %(what)s", what=about))
        case What.MAIL_GONE:
            return str(_("Faller bort: %(what)s", what=about))
    if change.becomes is None and change.was is None:
        return about
    if change.was is None and change.becomes is not None:
        return f"{about}: {say(change.becomes)}"
    was = say(change.was) if change.was else ""
    becomes = say(change.becomes) if change.becomes else "–"
    return str(_("%(what)s: %(becomes)s. Før: %(was)s", what=about, becomes=becomes, was=was))


def as_csv(people: Iterable[Whose]) -> bytes:
    """One row for each person and change."""
    heading = [_("Navn"), _("E-post"), _("Enhet"), _("Sektor"), _("Hva"), _("Før"), _("Etter")]
    return csv_file(heading, _rows(people))


def in_terminal(impact: Impact, people: Sequence[Whose]) -> Iterator[str]:
    """Numbers first, then whose."""
    yield f"{impact.people} personer og {impact.certificates} sertifikater er sett på."
    for each in counts(impact):
        yield f"  {each.changes:>6}  {shown(f'impact-{each.what}')} ({each.people} personer)"
    if impact.ready:
        yield f"{len(impact.ready)} får sertifikat etter reglene som gjelder nå, før endringen trer i kraft."
    for person in people:
        for change in person.changes:
            yield f"  {person.name} <{person.email}>, {person.unit_name}: {told(change)}"


def _rows(people: Iterable[Whose]) -> Iterator[Sequence[object]]:
    for person in people:
        for change in person.changes:
            what = f"{shown(f'impact-{change.what}')}: {say(change.about)}"
            was = say(change.was) if change.was else ""
            becomes = say(change.becomes) if change.becomes else ""
            yield [person.name, person.email, person.unit_name, shown(person.sector), what, was, becomes]
