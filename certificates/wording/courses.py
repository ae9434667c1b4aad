"""What course certificates and approvals of courses say to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

COURSES: Final[Mapping[str, Any]] = {
    "course-pretest": _l("Ta førtesten."),
    "course-lessons": _l("Les %(left)s av %(total)s leksjoner."),
    "course-posttest": _l("Ta ettertesten og bestå den."),
    "course-edition-same": _l("Navnet og HPR-nummeret er de samme som på kursbeviset, så det trengs ingen ny utgave."),
    "approval-known": _l("Godkjenningen %(reference)s er lagt inn fra før, fra samme dag."),
    "approval-withdrawn": _l("Godkjenningen er alt trukket."),
    "verified-course": _l("Kursbeviset er ekte. Kurset ble fullført %(on)s. Kursbevis går ikke ut på dato."),
    "hours-reading": _l("Lesing"),
    "hours-exercises": _l("Oppgaver og refleksjon"),
    "hours-tests": _l("Tester med forklaringer"),
    "credit-online": _l("nettkurs"),
    "credit-topic": _l("emnekurs"),
    "credit-elective": _l("valgfritt kurs"),
    "word-doctor": _l("lege"),
    "word-other": _l("andre"),
}
