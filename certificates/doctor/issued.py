"""Checks of what was issued: one valid at a time, cycles, numbers, dates by the rule, evidence, editions, codes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from certificates.doctor.records import Held, Records, as_followed, fault
from certificates.eligibility import Standing
from certificates.issued import Issued
from certificates.numbering import NUMBER_PREFIX, read_print_code
from certificates.programme import Route
from certificates.records import read_derivation, read_evidence
from certificates.status import EventKind, is_certified
from certificates.validity import ONE_DAY, Period, first_period, grace_ends, renewal
from lms.doctor import Fault
from lms.verdict import No, Reason

NUMBER = re.compile(rf"{NUMBER_PREFIX}-(\d{{4}})-(\d{{6,}})")
VERIFY_CODE_LENGTH_MIN = 22  # 128 bits, six a letter
LOOK = "Finn ut hvordan raden ble skrevet: lms audit verify sier om den er endret siden."
REVOKE = "Er det utstedt ved en feil, trekk det tilbake med begrunnelse. Datoer og numre rettes aldri."


def one_valid_at_a_time(records: Records) -> Iterator[Fault]:
    """At most one certificate of a programme certifies a person on any day, also on every day to come.

    By its own dates and decisions: that a later one takes an earlier one's place must not be what keeps them apart.
    Only one that an appeal has reinstated may meet the one that was taken instead.
    """
    for (person_id, programme), own in records.held.items():
        certificates = [
            followed if any(event.kind is EventKind.REINSTATED for event in followed.events) else each.issued
            for followed, each in zip(as_followed(own), own, strict=True)
        ]
        for day in _turning_days(certificates):
            valid = [each.id for each in certificates if is_certified(each.state(day))]
            if len(valid) > 1:
                numbers = ", ".join(each.row.number for each in own if each.row.id in valid)
                yield fault(
                    "ett gyldig",
                    f"person {person_id}, {programme}",
                    f"{numbers} er gyldige samtidig den {day}",
                    "Trekk tilbake det som er utstedt eller importert ved en feil, fra dagen det begynte å gjelde.",
                )
                break


def _turning_days(certificates: Sequence[Issued]) -> list[date]:
    """The days on which a state may change: between them all stays as it is."""
    days = {event.effective_on for each in certificates for event in each.events}
    for each in certificates:
        days |= {each.period.valid_from, each.period.valid_through + ONE_DAY}
    return sorted(days)


def cycles(records: Records) -> Iterator[Fault]:
    """The cycles of a person go 1, 2, 3 …, each beginning no earlier than the one before it."""
    for (person_id, programme), own in records.held.items():
        found = [each.row.cycle for each in own]
        if found != list(range(1, len(own) + 1)):
            yield fault(
                "sykluser",
                f"person {person_id}, {programme}",
                f"syklusene er {', '.join(map(str, found))}; de skal gå fra 1 uten hull",
                "Et sertifikat er borte. Hent det fra en sikkerhetskopi.",
            )


def numbers(records: Records) -> Iterator[Fault]:
    """Numbers have the right form and year, and those of a year go from 1 to the last without a gap."""
    used: defaultdict[int, set[int]] = defaultdict(set)
    for each in records:
        if each.is_imported:
            continue
        parts = NUMBER.fullmatch(each.row.number)
        if parts is None or int(parts[1]) != each.row.issued_on.year:
            yield fault("numre", each.named, f"nummeret passer ikke til et utstedt i {each.row.issued_on.year}", REVOKE)
            continue
        used[int(parts[1])].add(int(parts[2]))
    for year in sorted(used.keys() | records.numbered.keys()):
        last = records.numbered.get(year, 0)
        missing = sorted(set(range(1, last + 1)) - used[year])
        beyond = sorted(used[year] - set(range(1, last + 1)))
        if missing:
            yield fault(
                "numre",
                f"certificate_number {year}",
                f"nummer {', '.join(map(str, missing[:10]))} av {last} finnes ikke",
                "Sertifikater er slettet. Hent dem fra en sikkerhetskopi.",
            )
        if beyond:
            yield fault(
                "numre",
                f"certificate_number {year}",
                f"nummer {', '.join(map(str, beyond[:10]))} er brukt, men telleren sier {last}",
                "Telleren er satt tilbake. Sett den til det største nummeret, så ingen får et som er brukt.",
            )


def dates(records: Records) -> Iterator[Fault]:
    """The dates follow from the derivation by the rule, under the stored version of the policy."""
    for own in records.held.values():
        previous: Held | None = None
        for each in own:
            if not each.is_imported:
                yield from _dates(each, previous)
            previous = each


def _dates(held: Held, previous: Held | None) -> Iterator[Fault]:
    derivation = read_derivation(held.row.derivation)
    ruled = _ruled(held, previous, derivation.why)
    stands = (held.row.valid_from, held.row.valid_through, held.row.window_opens, held.row.grace_through)
    if ruled is None:
        yield fault("datoer", held.named, f"utledningen «{derivation.why.code}» gir ingen datoer etter regelen", LOOK)
    else:
        policy = held.programme.policy
        wanted = (ruled.valid_from, ruled.valid_through, ruled.window_opens, grace_ends(ruled, policy))
        if stands != wanted:
            said, meant = (" / ".join(map(str, days)) for days in (stands, wanted))
            yield fault("datoer", held.named, f"datoene er {said}, etter regelen {meant}", f"{LOOK} {REVOKE}")
    if derivation.why.values.get("approved_on") != derivation.met_on or derivation.met_on > held.row.issued_on:
        yield fault("datoer", held.named, "dagen kravene var oppfylt, passer ikke med utledningen og utstedelsen", LOOK)
    if derivation.edition != held.programme.edition or held.row.programme != held.programme.id:
        yield fault("datoer", held.named, "utledningen er etter en annen utgave av programmet enn den lagrede", LOOK)


def _ruled(held: Held, previous: Held | None, why: Reason) -> Period | None:
    """The period the rule gives for a derivation, or None where it gives none."""
    approved_on = why.values.get("approved_on")
    policy = held.programme.policy
    if not isinstance(approved_on, date):
        return None
    if why.code == "period-first":
        return first_period(approved_on, policy)
    if previous is None:
        return None
    answer = renewal(
        previous.issued.period, approved_on, replace(policy, grace_months=previous.programme.policy.grace_months)
    )
    return None if isinstance(answer, No) or answer.why.code != why.code else answer


def evidence(records: Records) -> Iterator[Fault]:
    """Every requirement of the route stands in the evidence, met or exempted on or before the issue."""
    for each in records:
        if each.is_imported:
            continue
        derivation, steps = read_derivation(each.row.derivation), read_evidence(each.row.evidence)
        asked = [requirement.id for requirement in each.programme.requirements(Route(derivation.route))]
        if [step.requirement for step in steps] != asked:
            there = ", ".join(step.requirement for step in steps) or "ingen"
            yield fault("krav", each.named, f"kravene i grunnlaget er {there}; veien krever {', '.join(asked)}", REVOKE)
        for step in steps:
            if step.state not in {Standing.MET, Standing.EXEMPTED} or step.met_on > each.row.issued_on:
                yield fault(
                    "krav",
                    each.named,
                    f"kravet {step.requirement} er «{step.state}» fra {step.met_on}, utstedt {each.row.issued_on}",
                    REVOKE,
                )


def editions(records: Records) -> Iterator[Fault]:
    """Editions go 1, 2, 3 … and each after the first has its event."""
    for each in records:
        found = [edition.edition for edition in each.editions]
        if not found or found != list(range(1, len(found) + 1)):
            yield fault(
                "utgaver",
                each.named,
                f"utgavene er {', '.join(map(str, found)) or 'ingen'}; de skal gå fra 1 uten hull",
                "En utgave er borte. Hent den fra en sikkerhetskopi.",
            )
        changed = sum(event.kind in {"reissued", "corrected"} for event in each.events)
        if found and changed != len(found) - 1:
            yield fault(
                "utgaver",
                each.named,
                f"{len(found)} utgaver, men {changed} beslutninger om en ny",
                "En hendelse er borte eller lagt inn utenom. lms audit verify sier hvilken.",
            )


def codes(records: Records) -> Iterator[Fault]:
    """Printed codes have the right check symbol; those in links are too long to be guessed."""
    for each in records:
        if read_print_code(each.row.print_code) != each.row.print_code:
            yield fault("koder", each.named, f"kontrolltegnet i {each.row.print_code} er galt", LOOK)
        if len(each.row.verify_code) < VERIFY_CODE_LENGTH_MIN:
            yield fault("koder", each.named, "koden i lenken er så kort at den kan gjettes", LOOK)


CHECKS = (one_valid_at_a_time, cycles, numbers, dates, evidence, editions, codes)
