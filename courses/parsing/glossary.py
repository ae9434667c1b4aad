"""Words and what they mean, from a module's glossary.md:

## Unngåelse {#unngaelse}

Å holde seg unna det som kjennes truende. [rapport, kap. 12.3.2]
"""

from __future__ import annotations

import re

from courses.catalogue import Term, count_words
from courses.parsing.front_matter import SLUG
from lms.content import Problem, Report

HEADING = re.compile(r"##[ \t]++([^{}]*+)\{#([^\s{}]++)(?:[ \t]++original=([0-9a-f]{8}))?\}[ \t]*+")
WORDS_MAX = 80
"""An explanation longer than this belongs in a lesson."""


def parse_glossary(text: str, path: str) -> Report[Term]:
    """The terms of a file in order, or all its problems."""
    terms: list[Term] = []
    problems: list[Problem] = []
    blocks: list[tuple[int, re.Match[str] | None, list[str]]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.startswith("#"):
            blocks.append((number, HEADING.fullmatch(line), []))
        elif blocks:
            blocks[-1][2].append(line)
        elif line.strip():
            problems.append(Problem(path, number, "tekst før første ord: begynn med ## Ord {#id}"))
    seen: set[str] = set()
    for number, heading, lines in blocks:
        body = "\n".join(lines).rstrip()  # what is blank above stays, so that problems are told on the right line
        if heading is None or not heading[1].strip() or SLUG.fullmatch(heading[2]) is None:
            problems.append(
                Problem(path, number, "ordet kan ikke leses: skriv ## Ord {#id}, med små bokstaver i id-en")
            )
            continue
        if heading[2] in seen:
            problems.append(Problem(path, number, f"ordet «{heading[2]}» er forklart to ganger: behold én forklaring"))
        if not body:
            problems.append(Problem(path, number, f"ordet «{heading[1].strip()}» mangler forklaring: skriv den under"))
        elif count_words(body) > WORDS_MAX:
            problems.append(Problem(path, number, f"forklaringen er over {WORDS_MAX} ord: skriv den kortere"))
        seen.add(heading[2])
        terms.append(Term(id=heading[2], term=heading[1].strip(), text=body, path=path, line=number))
    return Report(problems=tuple(problems)) if problems else Report(items=tuple(terms))
