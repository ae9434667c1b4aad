"""What a simulation found, in numbers: a shard's and all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

BREACHES_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A promise that was broken: which, on which day, to whom (the number to replay, 0 for nobody), and how."""

    rule: str
    day: date
    person: int
    what: str


@dataclass(kw_only=True)
class Report:
    """What came of it."""

    events: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    mails: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    weather: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)
    cpu_seconds: float = 0.0  # of this process

    def document(self, **about: Any) -> dict[str, Any]:
        """As JSON knows it; `about` says what was played."""
        shown = sorted(self.breaches, key=lambda each: (each.day, each.person))[:BREACHES_SHOWN]
        return {
            **about,
            "cpu_seconds": round(self.cpu_seconds, 1),
            "weather": dict(sorted(self.weather.items())),
            "events": dict(sorted(self.events.items())),
            "states": dict(sorted(self.states.items())),
            "mails": dict(sorted(self.mails.items())),
            "reminders": dict(sorted(self.stages.items())),
            "checked": dict(sorted(self.checked.items())),
            "breaches": len(self.breaches),
            "breaches_by_rule": dict(Counter(each.rule for each in self.breaches)),
            "first_breaches": [{**asdict(each), "day": each.day.isoformat()} for each in shown],
        }


def together(reports: Iterable[Report]) -> Report:
    """The sum of some shards; the weather is the same in each."""
    summed = Report()
    for report in reports:
        for name in ("events", "states", "mails", "stages", "checked"):
            getattr(summed, name).update(getattr(report, name))
        summed.weather = report.weather
        summed.breaches += report.breaches
        summed.cpu_seconds += report.cpu_seconds
    return summed
