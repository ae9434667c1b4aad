"""What a certificate rests on, as JSON that reads back into values: the derivation and the evidence (DOMAIN.md 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

from certificates.eligibility import Finding, Ok
from certificates.evidence import Delivery, Fact
from certificates.programme import Programme
from certificates.validity import Period
from lms.verdict import Reason, because

DAY, SHARE, REASON = "day", "share", "reason"
# what may name people in a fact, as a name or in somebody's own words; a course's title does not
NAMING = frozenset({"label", "mentor", "company", "by", "confirmed_by", "made_up", "feedback", "reason"})
NAMES_NOBODY = frozenset({"TestTaken", "LessonsDone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """Which rule gave the dates and why: its reason, the route, the day all was met, the programme's version."""

    why: Reason
    route: str
    met_on: date
    edition: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One requirement as it stood when the certificate was issued, with the facts that counted."""

    requirement: str
    title: Reason
    state: str
    met_on: date
    facts: tuple[Mapping[str, object], ...]

    @property
    def exemption(self) -> Mapping[str, object] | None:
        """The fact that says who exempted the person and why, or None."""
        return next((fact for fact in self.facts if fact["fact"] == "Exemption"), None)


def derivation_record(answer: Ok, programme: Programme, version: int) -> dict[str, Any]:
    """The JSON form of a `Derivation`, with the policy in numbers beside it."""
    policy = programme.policy
    return {
        "why": _packed(answer.period.why),
        "route": str(answer.route),
        "met_on": _packed(answer.met_on),
        "edition": programme.edition,
        "version": version,
        "policy": {
            "validity_months": policy.validity_months,
            "window_months": policy.window_months,
            "grace_months": policy.grace_months,
        },
    }


def imported_record(period: Period, route: str, programme: Programme, version: int, *, note: str) -> dict[str, Any]:
    """The JSON form of the `Derivation` of a certificate from before this platform: its dates are its own. What lives
    with it from here on is the window and the grace of the version in force when it came."""
    policy = programme.policy
    return {
        "why": _packed(period.why),
        "route": route,
        "met_on": _packed(period.valid_from),
        "edition": programme.edition,
        "version": version,
        "note": note,
        "policy": {"window_months": policy.window_months, "grace_months": policy.grace_months},
    }


def read_derivation(record: Mapping[str, Any]) -> Derivation:
    """The `Derivation` of a stored record."""
    why, met_on = _unpacked(record["why"]), _unpacked(record["met_on"])
    assert isinstance(why, Reason) and isinstance(met_on, date)
    return Derivation(
        why=why, route=record["route"], met_on=met_on, edition=record["edition"], version=record["version"]
    )


def delivery_ids(findings: Sequence[Finding]) -> frozenset[int]:
    """The deliveries among the evidence: what a certificate rests on stays as it is."""
    facts = (fact for finding in findings for fact in finding.evidence if isinstance(fact, Delivery))
    return frozenset(int(fact.ref.removeprefix("delivery:")) for fact in facts if fact.ref)


def evidence_record(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The JSON form of the findings, in the programme's order."""
    return [
        {
            "requirement": finding.requirement.id,
            "title": _packed(finding.requirement.title),
            "state": str(finding.state),
            "met_on": _packed(finding.met_on),
            "facts": [_fact(fact) for fact in finding.evidence],
        }
        for finding in findings
    ]


def without_names(record: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The evidence of a stored record with everything that may name people emptied. Done twice, it changes nothing."""
    return [{**step, "facts": [_unnamed(fact) for fact in step["facts"]]} for step in record]


def _unnamed(fact: Mapping[str, Any]) -> dict[str, Any]:
    if fact["fact"] in NAMES_NOBODY:
        return dict(fact)
    return {key: "" if key in NAMING and value else value for key, value in fact.items()}


def read_evidence(record: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a stored record."""
    return tuple(
        Step(
            requirement=step["requirement"],
            title=_as_reason(_unpacked(step["title"])),
            state=step["state"],
            met_on=_as_date(_unpacked(step["met_on"])),
            facts=tuple({key: _unpacked(value) for key, value in fact.items()} for fact in step["facts"]),
        )
        for step in record
    )


def _fact(fact: Fact) -> dict[str, Any]:
    return {"fact": type(fact).__name__} | {field.name: _packed(getattr(fact, field.name)) for field in fields(fact)}


def _packed(value: object) -> Any:
    """A value as JSON; days, shares and reasons are tagged so that they come back as what they were."""
    if isinstance(value, date):
        return {DAY: value.isoformat()}
    if isinstance(value, Fraction):
        return {SHARE: str(value)}
    if isinstance(value, Reason):
        return {REASON: value.code, "values": {key: _packed(inner) for key, inner in value.values.items()}}
    if isinstance(value, frozenset | set):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple | list):
        return [_packed(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _unpacked(value: Any) -> object:
    if isinstance(value, dict):
        if DAY in value:
            return date.fromisoformat(value[DAY])
        if SHARE in value:
            return Fraction(value[SHARE])
        return because(value[REASON], **{key: _unpacked(inner) for key, inner in value["values"].items()})
    if isinstance(value, list):
        return tuple(_unpacked(item) for item in value)
    return value


def _as_reason(value: object) -> Reason:
    assert isinstance(value, Reason)
    return value


def _as_date(value: object) -> date:
    assert isinstance(value, date)
    return value
