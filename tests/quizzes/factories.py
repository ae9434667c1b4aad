"""Questions, published banks and attempts as plain functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from quizzes import queries, services
from quizzes.dealing import Pair, match_up, put_in_order
from quizzes.models import Attempt
from quizzes.questions import OPTION_KEYS, Case, Kind, Number, Option, Question, content_digest, to_document
from tests import kept

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
BANK = "startopplaering"
SKIVEN = Question(
    id="rygg-skive-01",
    title="Skiven og løftet",
    objective="ryggens-robusthet",
    kind=Kind.SINGLE,
    stem="En deltaker sier at skiven «sprekker av tunge løft». Hva er best dekket av kunnskapen?",
    options=(
        Option(
            key="a",
            text="Løft med krum rygg gir som regel varig skade",
            right=False,
            feedback="Forskning har ikke kunnet vise at «riktig» løfteteknikk hindrer ryggskade.",
        ),
        Option(key="b", text="Skiven er sterk, og tung belastning henger lite sammen med skade på den", right=True),
        Option(key="c", text="Skiven bør spares når ryggen gjør vondt", right=False),
    ),
    explanation="Smerte er sjelden tegn på vevsskade, og bevegelse anbefales også når man har plager. "
    "[rapport, kap. 10.5]",
)
"""The example of DESIGN.md, Content, as it is read."""

TITLES = {"rygg": "Ryggens robusthet", "psyke": "Psykisk helse i arbeid"}


def question(
    id: str, *, objective: str = "rygg", kind: Kind = Kind.SINGLE, right: str = "a", options: int = 3, **texts: str
) -> Question:
    """A question whose right options are the letters in `right`. Texts: `stem`, `explanation`."""
    return Question(
        id=id,
        title=f"Tittel på {id}",
        objective=objective,
        kind=kind,
        stem=texts.get("stem", f"Hva sier forskningen om {id}?"),
        options=tuple(
            Option(key=key, text=f"Påstand {key} om {id}", right=key in right, feedback=f"TILBAKEMELDING-{key}-{id}")
            for key in OPTION_KEYS[:options]
        ),
        explanation=texts.get("explanation", f"FORKLARING-{id}"),
    )


def matching(id: str, *, objective: str = "rygg", case: Case | None = None, extra: str = "Ekstra") -> Question:
    """Four pairs, two of them with the same right-hand side, and a wrong right-hand side."""
    pairs = [Pair(f"Ledd {n} i {id}", f"Svar {min(n, 3)} i {id}", f"TILBAKEMELDING-{n}-{id}") for n in range(1, 5)]
    prompts, options = match_up(id, [*pairs, Pair("", f"{extra} i {id}", f"TILBAKEMELDING-ekstra-{id}")])
    return _made(id, Kind.MATCHING, objective=objective, case=case, prompts=prompts, options=options)


def ordering(id: str, *, objective: str = "rygg", case: Case | None = None, steps: int = 4) -> Question:
    """So many steps, of which none tells its number."""
    names = ("Lytt", "Spør", "Vent", "Avtal", "Prøv", "Se", "Skriv", "Ring")[:steps]
    options, order = put_in_order(id, [(f"{name} i {id}", f"TILBAKEMELDING-{name}-{id}") for name in names])
    return _made(id, Kind.ORDERING, objective=objective, case=case, options=options, order=order)


def numeric(
    id: str, value: str = "36", tolerance: str = "0.5", *, objective: str = "rygg", case: Case | None = None
) -> Question:
    """A number is asked for."""
    number = Number(value=Decimal(value), tolerance=Decimal(tolerance))
    return _made(id, Kind.NUMERIC, objective=objective, case=case, number=number)


def short(id: str, *accepted: str, objective: str = "rygg", case: Case | None = None) -> Question:
    """A text is asked for."""
    return _made(id, Kind.SHORT, objective=objective, case=case, accepted=accepted or ("Hypofysen", "hjernevedhenget"))


def one_of_each(objective: str = "rygg") -> list[Question]:
    """A question of each kind, the last three on one case."""
    story = Case(id="lager", title="Lageret", text="Ola løfter kasser på *lageret*.")
    return [
        question("q-single", objective=objective),
        question("q-multiple", objective=objective, kind=Kind.MULTIPLE, right="ab", options=4),
        question("q-true", objective=objective, kind=Kind.TRUE_FALSE, options=2),
        matching("q-matching", objective=objective, extra="Et svar som er langt nok til å fylle mer enn en telefon"),
        ordering("q-ordering", objective=objective, case=story),
        numeric("q-numeric", objective=objective, case=story),
        short("q-short", objective=objective, case=story),
    ]


def _made(id: str, kind: Kind, **fields: Any) -> Question:
    return Question(
        id=id, title=f"Tittel på {id}", kind=kind, stem=f"Oppgave {id}", explanation=f"FORKLARING-{id}", **fields
    )


def questions(count: int, *, right: str = "a", objectives: Sequence[str] = ("rygg", "psyke")) -> list[Question]:
    """So many questions, shared evenly between the objectives; every third is answered by several options."""
    return [
        question(
            f"q-{n:02}",
            objective=objectives[n % len(objectives)],
            kind=Kind.MULTIPLE if n % 3 == 2 else Kind.SINGLE,
            right=right,
        )
        for n in range(count)
    ]


def documents(bank: Sequence[Question]) -> list[dict[str, Any]]:
    """What publishing registers."""
    return [to_document(one, kept.render) for one in bank]


def digests(bank: Sequence[Question]) -> dict[str, str]:
    """The versions of a bank."""
    return {one.id: content_digest(one) for one in bank}


def publish(session: Session, bank: Sequence[Question], *, name: str = BANK) -> None:
    """Register a bank."""
    services.register_questions(session, bank=name, documents=documents(bank), now=NOW)


def begin(
    session: Session,
    person_id: int,
    published: Sequence[Question],
    *,
    form: str = "post",
    owner: str = "enrolment:1",
    blueprint: Mapping[str, int] | None = None,
    **other: Any,
) -> Attempt:
    """Start an attempt over a published bank; by default one question of each objective in five."""
    given: dict[str, Any] = {
        "title": "Ettertest" if form == "post" else "Førtest",
        "bank": BANK,
        "digests": digests(published),
        "blueprint": blueprint or {"rygg": 5, "psyke": 5},
        "pass_mark": Fraction(4, 5),
        "seed": owner,
        "go_back_to": "/kurs/startopplaering",
        "objective_titles": TITLES,
        "now": NOW,
    }
    return services.start(session, person_id=person_id, owner=owner, form=form, **{**given, **other})


def shown_ids(session: Session, owner: str, form: str) -> frozenset[str]:
    """The questions an owner has been shown in a form."""
    return {str(key): ids for key, ids in queries.seen_questions(session, owner).items()}[form]


def answer_all(session: Session, attempt: Attempt, keys: str = "a", *, leave_out: int = 0) -> None:
    """Answer every question with the same keys, but for the last ones."""
    paper = queries.paper(session, attempt.id)
    for one in paper.questions[: len(paper.questions) - leave_out]:
        services.save_answer(session, attempt, position=one.position, keys=keys, now=NOW)


def again(session: Session, attempt: Attempt) -> Attempt:
    """The same attempt in another session."""
    return session.get_one(Attempt, attempt.id)
