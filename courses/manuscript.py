"""What may stand in an author's Markdown: reads a text line by line and tells what to mend. Renders nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lms.content import Problem
from lms.markup import ADMONITIONS, heading_anchor, is_safe_link

CODE = re.compile(r"(?<!`)(`++)[^`\n]*+\1(?!`)")
ESCAPE = re.compile(r"\\[\\`*_{}\[\]()<>#+.!-]")
AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^<>\s]++>|<[^<>\s@:/]++@[^<>\s@:/]++>")
TAG = re.compile(r"<[A-Za-z/!?][^<>\s]{0,20}")
HEADING = re.compile(r"\s*(#{1,6})\s*([^{]*+)(?:\{#([\w-]+)\}\s*)?")
UNDERLINE = re.compile(r"\s*(?:=+|-+)\s*")
CALLOUT = re.compile(r'\s*!!! +([\w-]+)(?: +"[^"]*")?\s*')
CHECKBOX = re.compile(r"^\s*[-*+]\s*\[[ xX]\]", re.MULTILINE)
DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\[\]\n]*+\]:", re.MULTILINE)
ANCHOR = re.compile(r"^([ \t]*#[^\n{]*+)(\{#[\w-]+\})[ \t]*$", re.MULTILINE)
QUESTION_HEADING = re.compile(r"^##.*$", re.MULTILINE)
ATTRIBUTES = re.compile(r"\{[^{}\n]*+\}")
PICTURE = re.compile(r'!\[([^\[\]]*+)\]\(([^()\s]*+)(?:\s+"[^"\n]*+")?\s*\)')
LINK = re.compile(r'\[([^\[\]]*+)\]\(([^()\s]*+)(?:\s+"[^"\n]*+")?\s*\)')
BRACKETS = re.compile(r"(!?)\[([^\[\]]*+)\](\(?)")
CITATION = re.compile(r"([a-z0-9-]+)(?:,\s+\S[^\[\]]*)?")


@dataclass(slots=True)
class Reading:
    """What a text uses, and what is wrong with it."""

    problems: list[Problem] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    citations: set[str] = field(default_factory=set)


def read(
    text: str,
    path: str,
    first_line: int = 1,
    *,
    pictures: Collection[str] = (),
    references: Collection[str] | None = None,
    is_questions: bool = False,
) -> Reading:
    """Read a text that begins on a line of a file.

    `pictures` are the file names at hand, `references` the keys that are defined (None: not known, all will do).
    In a file of questions the headings and the boxes before options are left to `quizzes.parsing`.
    """
    reading = Reading()
    masked = _blanked(CODE, _blanked(ESCAPE, text))

    def tell(offset: int, message: str) -> None:
        reading.problems.append(Problem(path, first_line + masked.count("\n", 0, offset), message))

    anchors: set[str] = set()
    if is_questions:
        masked = _blanked(QUESTION_HEADING, _blanked(CHECKBOX, masked))
    else:
        anchors = _check_headings(masked, text, tell)
        masked = ANCHOR.sub(lambda found: found[1] + " " * len(found[2]), masked)
    masked = _blanked(AUTOLINK, masked)
    _check_callouts(masked, tell)
    for found in TAG.finditer(masked):
        tell(found.start(), f"HTML brukes ikke: skriv med Markdown i stedet for «{found[0]}…» (tegnet alene: \\<)")
    for found in ATTRIBUTES.finditer(masked):
        tell(found.start(), f"«{found[0][:40]}» brukes ikke her: bare {{#anker}} sist i en overskrift")
    for found in DEFINITION.finditer(masked):
        tell(found.start(), "lenker samles ikke nederst: skriv [tekst](https://…) der lenken skal stå")
    masked = _blanked(DEFINITION, masked)
    for found in PICTURE.finditer(masked):
        reading.pictures.add(found[2])
        if found[2] not in pictures:
            tell(found.start(), f"bildet «{found[2]}» finnes ikke: legg det i mappen, eller rett navnet")
        if not found[1].strip():
            tell(
                found.start(), f"bildet «{found[2]}» mangler tekstalternativ: skriv mellom [ og ] det bildet forteller"
            )
    masked = _blanked(PICTURE, masked)
    for found in LINK.finditer(masked):
        if complaint := _complaint(found[1], found[2], anchors):
            tell(found.start(), complaint)
    for found in BRACKETS.finditer(_blanked(LINK, masked)):
        _check_brackets(found, reading, references, tell)
    return reading


Tell = Callable[[int, str], None]
"""Reports a problem at an offset of the text."""


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """The text with what the pattern finds replaced by spaces: offsets and lines stay."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def _check_headings(masked: str, text: str, tell: Tell) -> set[str]:
    """Tell of headings on the wrong level; the anchors of those there are."""
    anchors: Counter[str] = Counter()
    level, offset, above = 1, 0, ""
    for line, original in zip(masked.split("\n"), text.split("\n"), strict=True):
        heading = HEADING.fullmatch(line)
        if UNDERLINE.fullmatch(line) and above.strip() and "|" not in above:
            tell(
                offset, "understreking gjør linjen over til overskrift: skriv ## foran den, eller en blank linje under"
            )
        elif line.lstrip().startswith("#"):
            depth = len(line.lstrip()) - len(line.lstrip().lstrip("#"))
            if depth == 1:
                tell(
                    offset, "overskrift på nivå 1: tittelen står øverst i filen, overskrifter i teksten begynner med ##"
                )
            elif depth > level + 1:
                tell(offset, f"overskriften hopper fra nivå {level} til {depth}: bruk {'#' * (level + 1)}")
            level = max(2, depth)
            plain = HEADING.fullmatch(original)
            if plain and heading and not plain[2].strip(" #"):
                tell(offset, "overskriften er tom: skriv noen ord etter #, eller slett linjen")
            if plain:
                anchors[plain[3] or heading_anchor(plain[2].strip().rstrip("#"))] += 1
        above = line
        offset += len(line) + 1
    # Python-Markdown numbers the second of a kind, and so on.
    return {f"{anchor}_{n}" if n else anchor for anchor, count in anchors.items() for n in range(count)}


def _check_callouts(masked: str, tell: Tell) -> None:
    lines = masked.split("\n")
    offset = 0
    for number, line in enumerate(lines):
        if line.lstrip().startswith("!!!"):
            callout = CALLOUT.fullmatch(line)
            if callout is None:
                tell(offset, 'rammen kan ikke leses: skriv !!! tip "Tittel" på én linje, med teksten rykket inn under')
            elif callout[1] not in ADMONITIONS:
                tell(offset, f"ukjent ramme «{callout[1]}»: bruk en av {', '.join(ADMONITIONS)}")
            below = next((one for one in lines[number + 1 :] if one.strip()), "")
            if _indent(below) < _indent(line) + 4:
                tell(offset, "rammen er tom: rykk teksten under den inn med fire mellomrom")
        offset += len(line) + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _complaint(label: str, address: str, anchors: set[str]) -> str | None:
    """What is wrong with a link, if anything."""
    if not label.strip():
        return "lenken mangler tekst: skriv mellom [ og ] hvor den fører"
    if address.startswith("#"):
        known = address[1:] in anchors
        return None if known else f"lenken «{address}» treffer ingen overskrift: rett den, eller fjern den"
    if not is_safe_link(address):
        return f"lenken «{address}» kan ikke brukes: bare https, http og mailto er tillatt"
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"lenken «{address}» kan ikke leses: rett adressen"
    whole = parts.path if parts.scheme == "mailto" else parts.scheme and parts.netloc
    return None if whole else f"lenken «{address}» fører ingen steder: skriv hele adressen, https://…"


def _check_brackets(found: re.Match[str], reading: Reading, references: Collection[str] | None, tell: Tell) -> None:
    """Brackets that are neither picture nor link: a citation, a footnote, or a mistake."""
    picture, inside, bracket = found.groups()
    if picture or bracket:
        tell(found.start(), "lenken eller bildet kan ikke leses: skriv [tekst](adresse), uten mellomrom i adressen")
        return
    if inside.startswith("^"):
        return
    citation = CITATION.fullmatch(inside.strip())
    if citation and (references is None or citation[1] in references):
        reading.citations.add(citation[1])
        return
    keys = ", ".join(sorted(references or ())) or "ingen"
    tell(
        found.start(),
        f"ukjent kilde «{inside[:60]}»: bruk en nøkkel fra course.md ({keys}), eller skriv \\[ for tegnet",
    )
