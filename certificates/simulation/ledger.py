"""The chain of decisions and the digests: does the log replay to the same certificates, and was every unit told?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from certificates.models.issued import CertificateEvent
from certificates.simulation import oracle
from certificates.simulation.oracle import Held
from certificates.simulation.post import Letter
from certificates.simulation.world import World
from lms import audit
from lms.audit import AuditEntry
from lms.clock import local_date
from lms.outbox import OutboxMail

if TYPE_CHECKING:
    from certificates.simulation.checks import Checks

BREAKS = 40  # places of a broken chain that are named
DECIDED = {f"certificate-{kind}": kind for kind in ("suspended", "lifted", "revoked")}


class Ledger:
    """What the log has said so far: certificates and events, rebuilt entry by entry."""

    def __init__(self, world: World, checks: Checks) -> None:
        self.world, self.checks = world, checks
        self.number, self.hash = 0, audit.GENESIS
        self.replayed: dict[int, dict[str, Any]] = {}
        self.events: defaultdict[int, list[tuple[str, date]]] = defaultdict(list)

    def replay(self, day: date) -> None:
        """Read on in the chain; what it tells is what the oracle knows and what stands in the tables."""
        with self.world.database.reading() as session:
            entries = session.scalars(
                select(AuditEntry).where(AuditEntry.number > self.number).order_by(AuditEntry.number)
            ).all()
            rows: defaultdict[int, list[tuple[str, date]]] = defaultdict(list)
            for certificate_id, kind, effective_on in session.execute(
                select(CertificateEvent.certificate_id, CertificateEvent.kind, CertificateEvent.effective_on)
                .where(CertificateEvent.kind.in_(DECIDED.values()))
                .order_by(CertificateEvent.id)
            ):
                rows[certificate_id].append((kind, effective_on))
        for entry in entries:
            if (entry.number, entry.previous_hash) != (self.number + 1, self.hash):
                self.checks.breach("chain", day, None, f"entry {entry.number} does not follow {self.number}")
            self.number, self.hash = entry.number, entry.hash
            self._read(entry)
        for id_, (life, held) in self.checks.by_certificate.items():
            self.checks.report.checked["certificates replayed"] += 1
            told = self.replayed.get(id_)
            if told is None or not _same(told, held):
                self.checks.breach("replay", day, life, f"{held.number}: the log says {told}")
            if rows[id_] != held.events:
                self.checks.breach("lost or added event", day, life, f"{held.number}: {rows[id_]}, not {held.events}")
            carried = len(held.events) - len(self.events[id_])  # what went over from the certificate before
            if carried < 0 or held.events[carried:] != self.events[id_]:
                self.checks.breach("replay", day, life, f"{held.number}: {self.events[id_]}, not {held.events}")

    def _read(self, entry: AuditEntry) -> None:
        details = json.loads(entry.details)
        if entry.subject_id is None:
            return
        if entry.action == "certificate-issued":
            self.replayed[entry.subject_id] = details
        elif entry.action in DECIDED:
            event = DECIDED[entry.action], date.fromisoformat(details["effective_on"])
            self.events[entry.subject_id].append(event)

    def whole_chain(self, day: date) -> None:
        """Every link, by the command's own check."""
        with self.world.database.reading() as session:
            for breach in audit.verify(session)[:BREAKS]:
                self.checks.breach("chain", day, None, f"{breach.what} at {breach.number}")

    def digests(self, letters: Sequence[Letter]) -> None:
        """Each digest names everybody of the region whose certificate ends within six months and is not renewed."""
        by_id = {letter.message_id: letter for letter in letters if letter.accepted}
        by_address = {region.digest_to: region for region in self.world.regions}
        to_units = [id_ for id_, letter in by_id.items() if letter.address in by_address]
        if not to_units:
            return
        with self.world.database.reading() as session:
            mails = session.execute(
                select(OutboxMail.message_id, OutboxMail.text, OutboxMail.created_at).where(
                    OutboxMail.message_id.in_(to_units), OutboxMail.name == "reminder_digest"
                )
            ).all()
        for message_id, text, written_at in mails:
            self._digest(by_id[message_id].address, text, local_date(written_at))

    def _digest(self, address: str, text: str, written_on: date) -> None:
        self.checks.report.checked["digests"] += 1
        region = next(place for place, each in enumerate(self.world.regions) if each.digest_to == address)
        for life in self.checks.acts.lives.values():
            if life.region != region or life.name in text:
                continue
            if life.held and self._ends_soon(life.held, written_on) and life.changed < written_on:
                self.checks.breach("not in the digest", written_on, life, f"{life.held[-1].number} in {address}")

    def _ends_soon(self, held: Sequence[Held], on: date) -> bool:
        last = held[-1]
        state = oracle.state(last, (), on)
        if state in ("valid", "expiring", "suspended") and on <= last.valid_through:
            return last.valid_through < oracle.forward(on, 6)
        return state in ("in_grace", "suspended")


def _same(told: dict[str, Any], held: Held) -> bool:
    return (told["number"], told["cycle"], told["valid_from"], told["valid_through"]) == (
        held.number, held.cycle, held.valid_from.isoformat(), held.valid_through.isoformat(),
    )  # fmt: skip
