"""A programme's text → `Programme`, or everything to mend at once, with its line. Reads no files."""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from certificates.programme import (
    DECIDED_STAGES,
    OPENS,
    STAGE_DAYS_MAX,
    Criterion,
    Deliveries,
    Gatherings,
    Kind,
    KnowledgeChecks,
    Lessons,
    ModuleKind,
    ObservationVisits,
    Policy,
    PostTest,
    PreTest,
    Programme,
    Requirement,
    Route,
    Rubric,
    RubricCriterion,
    SeminarPart,
    Stage,
    TrainerAssessment,
)
from lms.content import Entry, FrontMatter, Problem, Report, split_front_matter

E = TypeVar("E", bound=StrEnum)

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WHOLE = re.compile(r"[0-9]{1,3}")
PERCENT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,4})?)\s*%")
YES_NO = {"yes": True, "no": False}
ONLY_IN_RENEWAL = (Deliveries, Gatherings)
CHECK_ITEMS, CHECK_ITEMS_MAX = 6, 20
SHORTEST_MONTH_DAYS = 28
LEVELS_MIN, LEVELS_MAX = 2, 6
EACH_CRITERION = "kriterium, hvert med id, title, looks_at og levels"


def parse_programme(text: str, path: str) -> Report[Programme]:
    """Read a programme file: front matter with the rules, body with what people read."""
    matter = split_front_matter(text, path)
    if not matter:
        return Report(problems=matter.problems)
    problems: list[Problem] = []
    programme = _programme(matter.items[0], path, problems)
    return Report(problems=tuple(sorted(problems))) if problems else Report(items=(programme,))


def _programme(matter: FrontMatter, path: str, problems: list[Problem]) -> Programme:
    """Read every key, noting problems; where there are any, the programme holds stand-ins."""
    fields = _Fields(matter.entries, path, 1, problems)
    if not matter.body.strip():
        problems.append(Problem(path, matter.body_line, "brødteksten mangler: fortell deltakeren hva som skal til"))
    routes, policy = _routes(fields), _policy(fields)
    programme = Programme(
        id=fields.slug("id"),
        title=fields.text("title"),
        edition=fields.text("edition"),
        policy=policy,
        first=routes[Route.FIRST],
        renewal=routes[Route.RENEWAL],
        reentry=routes[Route.REENTRY],
        scope=fields.many_of("scope", ModuleKind),
        seats=fields.whole("seats", default=15),
        retention_years=fields.whole("retention_years", default=10),
        checks=_checks(fields.mapping("knowledge_checks"), policy),
        rubric=_rubric(fields.mapping("rubric"), routes),
        appeal_weeks=fields.whole("appeal_weeks", default=3),
        appeal_answer_weeks=fields.whole("appeal_answer_weeks", default=6),
        body=matter.body.strip() + "\n",
    )
    fields.nothing_else()
    return programme


def _policy(fields: _Fields) -> Policy:
    validity = fields.whole("validity_months", default=36)
    window = fields.whole("window_months", at_least=0, default=6)
    if window > validity:
        fields.problem("window_months", f"{window} måneder er lenger enn gyldigheten på {validity}")
    return Policy(
        validity_months=validity,
        window_months=min(window, validity),
        grace_months=fields.whole("grace_months", at_least=0, default=6),
        reminders=fields.reminders("reminders", validity),
    )


def _checks(fields: _Fields | None, policy: Policy) -> KnowledgeChecks | None:
    """The voluntary checks; None where the key is missing, or nothing of it can be used."""
    if fields is None:
        return None
    months, items = fields.months("months"), fields.whole("items", default=CHECK_ITEMS)
    if items > CHECK_ITEMS_MAX:
        fields.problem("items", f"{items} spørsmål er for mange; en sjekk skal være kort, høyst {CHECK_ITEMS_MAX}")
    if months and months[-1] >= policy.validity_months:
        fields.problem("months", f"etter {months[-1]} måneder er sertifikatet på {policy.validity_months} gått ut")
    fields.nothing_else()
    return KnowledgeChecks(months=months, items=items) if months else None


def _rubric(fields: _Fields | None, routes: dict[Route, tuple[Requirement, ...]]) -> Rubric | None:
    """The rubric; None where the key is missing, or nothing of it can be used."""
    if fields is None:
        return None
    told = len(fields.problems)
    names = fields.words("levels")
    if len(fields.problems) == told and not LEVELS_MIN <= len(names) <= LEVELS_MAX:
        fields.problem("levels", f"skal være navnene på {LEVELS_MIN} til {LEVELS_MAX} nivåer, det laveste først")
    criteria = [
        _criterion(each, area, names)
        for area in Criterion
        if area in fields.entries
        for each in fields.mappings(area, EACH_CRITERION)
    ]
    fields.known.update(Criterion)
    seen: set[str] = set()
    for each, criterion in criteria:
        if criterion.id in seen:
            each.problem("id", f"«{criterion.id}» er brukt før; hvert kriterium har sin egen id")
        seen.update({criterion.id} - {""})
    asked = {area for route in routes.values() for one in route if isinstance(one, TrainerAssessment)
             for area in one.criteria}  # fmt: skip
    for area in sorted(asked - {criterion.area for _, criterion in criteria}):
        if area not in fields.entries:
            fields.problem(area, "mangler: en vurdering i programmet spør etter dette området")
    fields.nothing_else()
    usable = len(fields.problems) == told and criteria
    return Rubric(levels=names, criteria=tuple(criterion for _, criterion in criteria)) if usable else None


def _criterion(fields: _Fields, area: Criterion, names: tuple[str, ...]) -> tuple[_Fields, RubricCriterion]:
    """One criterion with a description of each level."""
    told = len(fields.problems)
    levels = fields.words("levels")
    if len(fields.problems) == told and names and len(levels) != len(names):
        fields.problem("levels", f"beskriver {len(levels)} nivåer, men rubrikken har {len(names)}: {', '.join(names)}")
    if not all(level.strip() for level in levels):
        fields.problem("levels", "et nivå mangler beskrivelse")
    criterion = RubricCriterion(
        id=fields.slug("id"), area=area, title=fields.text("title"), looks_at=fields.text("looks_at"), levels=levels
    )
    fields.nothing_else()
    return fields, criterion


class _Fields:
    """The keys of one mapping, read by name and kind; a value that can't be used is a problem and a stand-in."""

    def __init__(self, entries: dict[str, Entry], path: str, line: int, problems: list[Problem]) -> None:
        self.entries = entries
        self.path = path
        self.line = line
        self.problems = problems
        self.known: set[str] = set()

    def problem(self, key: str, message: str) -> None:
        """Note a problem with the value of a key, or with its absence."""
        line = self.entries[key].line if key in self.entries else self.line
        self.problems.append(Problem(self.path, line, f"«{key}»: {message}"))

    def nothing_else(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.entries.keys() - self.known:
            self.problem(key, f"ukjent nøkkel; bruk {', '.join(sorted(self.known))}")

    def text(self, key: str, default: str | None = None) -> str:
        """A line of text; required where there is no default."""
        self.known.add(key)
        entry = self.entries.get(key)
        if entry is None and default is not None:
            return default
        if entry is None:
            self.problem(key, "mangler")
        elif not isinstance(entry.value, str) or not entry.value.strip():
            self.problem(key, "skal være en tekst")
        else:
            return entry.value.strip()
        return ""

    def slug(self, key: str) -> str:
        """A name for machines."""
        value = self.text(key)
        if value and not SLUG.fullmatch(value):
            self.problem(key, f"«{value}» må skrives med små bokstaver a–z, tall og bindestrek")
        return value

    def whole(self, key: str, *, at_least: int = 1, default: int | None = None) -> int:
        """A whole number of at most three digits."""
        value = self.text(key, None if default is None else str(default))
        if WHOLE.fullmatch(value) and int(value) >= at_least:
            return int(value)
        if value:
            self.problem(key, f"«{value}» er ikke et helt tall fra {at_least} til 999")
        return at_least if default is None else default

    def whole_or_none(self, key: str) -> int | None:
        """A whole number, or None where the key is missing."""
        self.known.add(key)
        return self.whole(key) if key in self.entries else None

    def percent(self, key: str) -> Fraction:
        """A share above 0 and at most 1, written as a percentage."""
        value = self.text(key)
        match = PERCENT.fullmatch(value)
        share = Fraction(match[1].replace(",", ".")) / 100 if match else Fraction(0)
        if value and not 0 < share <= 1:
            self.problem(key, f"«{value}» er ikke en prosent over 0 og til og med 100; skriv for eksempel 80 %")
        return share

    def yes_no(self, key: str, *, default: bool) -> bool:
        """`yes` or `no`."""
        value = self.text(key, "yes" if default else "no")
        if value and value not in YES_NO:
            self.problem(key, f"«{value}» skal være yes eller no")
        return YES_NO.get(value, default)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts, each once; empty where the key is missing."""
        self.known.add(key)
        entry = self.entries.get(key)
        if entry is None:
            return ()
        if not isinstance(entry.value, list):
            self.problem(key, "skal være en liste, for eksempel [en, to]")
            return ()
        found = tuple(item.value for item in entry.value if isinstance(item.value, str))
        if len(found) < len(entry.value) or len(set(found)) < len(found):
            self.problem(key, "listen skal ha enkle ord, hvert av dem én gang")
        return found

    def one_of(self, key: str, kinds: type[E]) -> E | None:
        """One member of a closed set, required."""
        value = self.text(key)
        return self._member(key, value, kinds) if value else None

    def many_of(self, key: str, kinds: type[E]) -> tuple[E, ...]:
        """Members of a closed set."""
        members = (self._member(key, word, kinds) for word in self.words(key))
        return tuple(member for member in members if member is not None)

    def _member(self, key: str, value: str, kinds: type[E]) -> E | None:
        if value in set(kinds):
            return kinds(value)
        self.problem(key, f"«{value}» er ukjent; bruk {', '.join(kinds)}")
        return None

    def reminders(self, key: str, validity_months: int) -> tuple[Stage, ...]:
        """Stages of reminders: `opened`, or days before; those of DOMAIN.md 6 where the key is missing."""
        words = self.words(key)
        for word in words:
            if word == OPENS or (WHOLE.fullmatch(word) and word == str(int(word)) and int(word) <= STAGE_DAYS_MAX):
                if word != OPENS and int(word) > validity_months * SHORTEST_MONTH_DAYS:
                    self.problem(key, f"{word} dager er lenger enn sertifikatet på {validity_months} måneder varer")
            else:
                self.problem(
                    key,
                    f"«{word}» er ikke en påminnelse; skriv opened for dagen resertifiseringen åpner, eller et antall "
                    f"dager fra 0 til {STAGE_DAYS_MAX} før den første dagen sertifikatet ikke lenger gjelder",
                )
                return ()
        if key not in self.entries:
            return DECIDED_STAGES
        return tuple(Stage.OPENED if word == OPENS else Stage.before(int(word)) for word in words)

    def months(self, key: str) -> tuple[int, ...]:
        """A list of at least one number of months, each higher than the one before it."""
        told = len(self.problems)
        words = self.words(key)
        for word in words:
            if not WHOLE.fullmatch(word) or int(word) < 1:
                self.problem(key, f"«{word}» er ikke et helt tall fra 1 til 999")
                return ()
        found = tuple(int(word) for word in words)
        if len(self.problems) == told and (list(found) != sorted(set(found)) or not found):
            self.problem(key, "skal være antall måneder i stigende rekkefølge, for eksempel [3, 12, 24]")
        return found if len(self.problems) == told else ()

    def mapping(self, key: str) -> _Fields | None:
        """Keys of their own below a key; None where it is missing or holds none."""
        self.known.add(key)
        entry = self.entries.get(key)
        if entry is None:
            return None
        if isinstance(entry.value, dict):
            return _Fields(entry.value, self.path, entry.line, self.problems)
        self.problem(key, "skal ha egne nøkler under seg")
        return None

    def mappings(self, key: str, each: str = "krav, hvert med id og kind") -> list[_Fields]:
        """A list of at least one mapping."""
        self.known.add(key)
        entry = self.entries.get(key)
        items = entry.value if entry and isinstance(entry.value, list) else []
        if not items or not all(isinstance(item.value, dict) for item in items):
            self.problem(key, f"skal være en liste med minst ett {each}")
        return [
            _Fields(item.value, self.path, item.line, self.problems) for item in items if isinstance(item.value, dict)
        ]


def _routes(fields: _Fields) -> dict[Route, tuple[Requirement, ...]]:
    """The requirements of each route; ids are unique in the whole programme, so that an exemption names just one."""
    seen: set[str] = set()
    routes: dict[Route, tuple[Requirement, ...]] = {}
    for route in Route:
        read = [(each, _requirement(each)) for each in fields.mappings(route)]
        for each, requirement in read:
            if requirement and requirement.id in seen:
                each.problem("id", f"«{requirement.id}» er brukt før; hver id står bare én gang i programmet")
            if isinstance(requirement, ONLY_IN_RENEWAL) and route is not Route.RENEWAL:
                each.problem("kind", f"«{requirement.kind}» teller i perioden som går ut, og hører hjemme i renewal")
            seen.update({requirement.id} if requirement else ())
        _check_order(read)
        routes[route] = tuple(requirement for _, requirement in read if requirement)
    return routes


def _check_order(read: list[tuple[_Fields, Requirement | None]]) -> None:
    """Note each `after` that names nothing in the same route, and a circle."""
    given = [each.entries["id"].value for each, _ in read if "id" in each.entries]
    graph = {requirement.id: requirement.after for _, requirement in read if requirement}
    for each, requirement in read:
        for id_ in requirement.after if requirement else ():
            if id_ not in given:
                each.problem("after", f"«{id_}» finnes ikke blant kravene i samme del")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        where = next(each for each, requirement in read if requirement and requirement.id in circle)
        where.problem("after", f"kravene venter på hverandre i ring: {' → '.join(circle)}")


def _requirement(fields: _Fields) -> Requirement | None:
    """One requirement, or None where its kind is unknown and its other keys can't be judged."""
    kind = fields.one_of("kind", Kind)
    id_, after = fields.slug("id"), fields.words("after")
    if kind is None:
        return None
    requirement = _of_kind(kind, fields, id_, after)
    fields.nothing_else()
    return requirement


def _of_kind(kind: Kind, fields: _Fields, id_: str, after: tuple[str, ...]) -> Requirement:
    match kind:
        case Kind.PRE_TEST:
            return PreTest(id=id_, after=after, course=fields.slug("course"))
        case Kind.LESSONS:
            return Lessons(id=id_, after=after, course=fields.slug("course"))
        case Kind.POST_TEST:
            mark, within = fields.percent("pass_mark"), fields.whole_or_none("within_months")
            return PostTest(id=id_, after=after, course=fields.slug("course"), pass_mark=mark, within_months=within)
        case Kind.SEMINAR:
            return SeminarPart(id=id_, after=after, part=fields.whole("part"), days=fields.whole("days"))
        case Kind.OBSERVATION_VISITS:
            covering = fields.many_of("covering", ModuleKind)
            return ObservationVisits(id=id_, after=after, at_least=fields.whole("at_least"), covering=covering)
        case Kind.ASSESSMENT:
            criteria = fields.many_of("criteria", Criterion)
            may = fields.yes_no("mentor_may_assess", default=False)
            return TrainerAssessment(id=id_, after=after, criteria=criteria, mentor_may_assess=may)
        case Kind.DELIVERIES:
            return Deliveries(id=id_, after=after, at_least=fields.whole("at_least"))
        case Kind.GATHERINGS:
            return Gatherings(id=id_, after=after, at_least=fields.whole("at_least"))
