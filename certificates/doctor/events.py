"""Checks of what happened to certificates: each begun once, and every decision one the rules allow on its day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from certificates.doctor.records import IMPORTED, ISSUED, Held, Records, as_event, fault
from certificates.models.issued import CertificateEvent
from certificates.queries.issued import DECISIONS
from certificates.status import EventKind
from certificates.validity import MONTHS_A_YEAR, add_months
from lms.clock import local_date
from lms.doctor import Fault

MONTHS_AHEAD = MONTHS_A_YEAR
UNDONE = {EventKind.LIFTED: EventKind.SUSPENDED, EventKind.REINSTATED: EventKind.REVOKED}
LOOK = (
    "Finn ut hvem som besluttet det, og ta en ny beslutning som retter det. lms audit verify sier om raden er endret."
)


def begun(records: Records) -> Iterator[Fault]:
    """Every certificate begins with the event that issued or imported it, once, on its day."""
    for each in records:
        first = [event for event in each.events if event.kind in {ISSUED, IMPORTED}]
        if len(first) != 1 or each.events[0] is not first[0]:
            yield fault(
                "hendelser", each.named, f"har {len(first)} hendelser som begynner det; skal ha én, først", LOOK
            )
        elif first[0].kind == ISSUED and first[0].effective_on != each.row.issued_on:
            yield fault(
                "hendelser",
                each.named,
                f"er utstedt {each.row.issued_on}, hendelsen sier {first[0].effective_on}",
                LOOK,
            )


def effective_days(records: Records) -> Iterator[Fault]:
    """Every decision works from a day the rules allow: not before the issue, at most a year ahead, and there was
    something to suspend, lift or undo. A decision made about several of a person's certificates at once, or carried
    over to the next one, may lie before that one's issue."""
    for own in records.held.values():
        for each in own:
            before: list[CertificateEvent] = []
            for event in each.events:
                for what in _wrong(each, event, before, own):
                    yield fault("hendelser", f"certificate_event {event.id} ({each.row.number})", what, LOOK)
                before.append(event)


def _wrong(
    held: Held, event: CertificateEvent, before: Sequence[CertificateEvent], own: Sequence[Held]
) -> Iterator[str]:
    decided_on = local_date(event.at)
    if event.kind in {"reissued", "corrected"} and event.effective_on != decided_on:
        yield f"en ny utgave gjelder fra {event.effective_on}, men ble laget {decided_on}"
    if before and event.at < before[-1].at:
        yield "er besluttet før den som står foran"
    if event.kind not in DECISIONS:
        return
    kind = EventKind(event.kind)
    first = held.row.issued_on if not held.is_imported else min(held.row.issued_on, held.row.valid_from)
    if event.effective_on < first and not _elsewhere(held, event, own):
        yield f"virker fra {event.effective_on}, før sertifikatet ble utstedt {held.row.issued_on}"
    earlier = replace(held.issued, events=tuple(as_event(each) for each in before if each.kind in DECISIONS))
    undone = [each.effective_on for each in earlier.events if each.kind is UNDONE.get(kind)]
    latest = max([add_months(decided_on, MONTHS_AHEAD), *undone])
    if event.effective_on > latest and not _elsewhere(held, event, own):
        yield f"virker fra {event.effective_on}, mer enn ett år etter at det ble besluttet {decided_on}"
    if kind in UNDONE and not undone:
        yield "opphever noe som ikke er besluttet"
    if kind is EventKind.SUSPENDED and earlier.is_revoked(min(decided_on, event.effective_on)):
        yield "stanser et sertifikat som var trukket tilbake"


def _elsewhere(held: Held, event: CertificateEvent, own: Sequence[Held]) -> bool:
    """Whether another certificate of the same person has the same decision."""
    return any(
        (other.kind, other.effective_on, other.actor_id) == (event.kind, event.effective_on, event.actor_id)
        for each in own
        if each.row.id != held.row.id
        for other in each.events
    )


CHECKS = (begun, effective_days)
