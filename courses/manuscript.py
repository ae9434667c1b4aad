"""What may stand in an author's Markdown: reads a text line by line and tells what to mend. Renders nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from lms.content import Problem
from lms.dialect import ADMONITIONS, TERM_SCHEME, heading_anchor
from lms.markup import is_safe_link

CODE = re.compile(r"(?<!`)(`++)[^`\n]*+\1(?!`)")
ESCAPE = re.compile(r"\\[\\`*_{}\[\]()<>#+.!-]")
AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^<>\s]++>|<[^<>\s@:/]++@[^<>\s@:/]++>")
TAG = re.compile(r"<[A-Za-z/!?][^<>\s]{0,20}")
HEADING = re.compile(r"\s*(#{1,6})\s*([^{]*+)(?:\{#([\w-]+)\}\s*)?")
UNDERLINE = re.compile(r"\s*(?:=+|-+)\s*")
CALLOUT = re.compile(r'\s*!!! +([\w-]+)(?: +([\w-]+))?(?: +"([^"]*)")?\s*')
DETAILS = re.compile(r'\s*\?\?\? +"[^"]+"\s*')
PROMPT_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PROMPT_ID_MAX_CHARS = 80
CHECKBOX = re.compile(r"^[ \t]*[-*+][ \t]*\[[ xX]\]", re.MULTILINE)
DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\[\]\n]*+\]:", re.MULTILINE)
ANCHOR = re.compile(r"^([ \t]*#[^\n{]*+)(\{#[\w-]+\})[ \t]*$", re.MULTILINE)
QUESTION_HEADING = re.compile(r"^##.*$", re.MULTILINE)
ATTRIBUTES = re.compile(r"\{[^{}\n]*+\}")
PICTURE = re.compile(r'!\[([^\[\]]*+)\]\(([^()\s]*+)(?:\s+"[^"\n]*+")?\s*\)')
LINK = re.compile(r'\[([^\[\]]*+)\]\(([^()\s]*+)(?:\s+"[^"\n]*+")?\s*\)')
BRACKETS = re.compile(r"(!?)\[([^\[\]]*+)\](\(?)")
ATTACHMENT = re.compile(r"[^/:#?]+\.(?!md$)[A-Za-z0-9]{2,4}")
VIDEO_LINKS = re.compile(r"\[[^\[\]]+\]\(([^()\s]+)\)(?:\s+\[[^\[\]]+\]\(([^()\s]+)\))?")
CITATION = re.compile(r"([a-z0-9-]+)(?:,\s+\S[^\[\]]*)?")


@dataclass(frozen=True, slots=True)
class Callout:
    """A callout that is more than text: the line of its file, the id or number it is known by, title and body."""

    line: int
    key: str
    title: str
    body: str


@dataclass(slots=True)
class Reading:
    """What a text uses, and what is wrong with it."""

    problems: list[Problem] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    citations: set[str] = field(default_factory=set)
    terms: set[str] = field(default_factory=set)
    attachments: set[str] = field(default_factory=set)
    prompts: list[Callout] = field(default_factory=list)
    videos: list[Callout] = field(default_factory=list)


def read(
    text: str,
    path: str,
    first_line: int = 1,
    *,
    pictures: Collection[str] = (),
    files: Collection[str] = (),
    references: Collection[str] | None = None,
    terms: Collection[str] | None = None,
    is_questions: bool = False,
    has_word_list: bool = True,
) -> Reading:
    """Read a text that begins on a line of a file.

    `pictures` and `files` are the names of what is at hand, `references` and `terms` the keys that are defined
    (None: not known, all will do); only a text that `has_word_list` below it may link to terms.
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
    _read_callouts(masked, text, first_line, reading, tell)
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
        _note_link(found[2], reading)
        if found[2].startswith(TERM_SCHEME) and (is_questions or not has_word_list):
            tell(found.start(), "bare leksjoner kan lenke til ordlisten: forklar ordet her, eller fjern lenken")
        elif complaint := _complaint(found[1], found[2], anchors, (*pictures, *files), terms):
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


def _read_callouts(masked: str, text: str, first_line: int, reading: Reading, tell: Tell) -> None:
    lines, originals = masked.split("\n"), text.split("\n")
    offset = 0
    for number, line in enumerate(lines):
        if line.lstrip().startswith(("!!!", "???")):
            below = next((one for one in lines[number + 1 :] if one.strip()), "")
            if _indent(below) < _indent(line) + 4:
                tell(offset, "rammen er tom: rykk teksten under den inn med fire mellomrom")
            if line.lstrip().startswith("???"):
                if DETAILS.fullmatch(line) is None:
                    tell(offset, 'teksten som foldes ut, mangler tittel: skriv ??? "Tittel" på én linje')
            elif callout := CALLOUT.fullmatch(line):
                body = _body_below(originals, number)
                _check_callout(callout, first_line + number, body, reading, partial(tell, offset))
            else:
                tell(offset, 'rammen kan ikke leses: skriv !!! tip "Tittel" på én linje, med teksten rykket inn under')
        offset += len(line) + 1


def _check_callout(callout: re.Match[str], line: int, body: str, reading: Reading, tell: Callable[[str], None]) -> None:
    kind, key, title = callout[1], callout[2], callout[3] or ""
    if kind not in ADMONITIONS:
        tell(f"ukjent ramme «{kind}»: bruk en av {', '.join(ADMONITIONS)}")
    elif kind == "reflection":
        if key is None or len(key) > PROMPT_ID_MAX_CHARS or PROMPT_ID.fullmatch(key) is None:
            tell('refleksjonen mangler id: skriv !!! reflection min-id "Tittel", med små bokstaver, tall og bindestrek')
        else:
            reading.prompts.append(Callout(line, key, title or ADMONITIONS[kind], body))
    elif key is not None:
        tell(f"«{key}» brukes ikke her: bare refleksjoner har en id")
    if kind == "video":
        if not title.strip():
            tell('filmen mangler tittel: skriv !!! video "Hva filmen viser"')
        first, _, transcript = body.partition("\n\n")
        if VIDEO_LINKS.fullmatch(" ".join(first.split())) is None:
            tell("filmen mangler: skriv [film](film.mp4) [teksting](film.vtt) på første linje i rammen")
        if not transcript.strip():
            tell("filmen mangler utskrift: skriv det som blir sagt og vist, i avsnitt under lenkene")
        reading.videos.append(Callout(line, str(len(reading.videos) + 1), title, first))


def video_links(body: str) -> tuple[str, str]:
    """Where a film and its captions are, from the first line of its frame; "" for what isn't said."""
    found = VIDEO_LINKS.fullmatch(" ".join(body.split()))
    return (found[1], found[2] or "") if found else ("", "")


def _body_below(lines: list[str], number: int) -> str:
    """The indented lines below a line, moved to the left."""
    edge = _indent(lines[number]) + 4
    found: list[str] = []
    for line in lines[number + 1 :]:
        if line.strip() and _indent(line) < edge:
            break
        found.append(line[edge:] if line.strip() else "")
    return "\n".join(found).strip("\n")


def _note_link(address: str, reading: Reading) -> None:
    if address.startswith(TERM_SCHEME):
        reading.terms.add(address.removeprefix(TERM_SCHEME))
    elif ATTACHMENT.fullmatch(address):
        reading.attachments.add(address)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _complaint(
    label: str, address: str, anchors: set[str], files: Collection[str], terms: Collection[str] | None
) -> str | None:
    """What is wrong with a link, if anything."""
    if not label.strip():
        return "lenken mangler tekst: skriv mellom [ og ] hvor den fører"
    if address.startswith(TERM_SCHEME):
        key = address.removeprefix(TERM_SCHEME)
        known = terms is None or key in terms
        return None if known else f"ordet «{key}» er ikke forklart: skriv det i modulens glossary.md, eller rett lenken"
    if ATTACHMENT.fullmatch(address):
        return None if address in files else f"filen «{address}» finnes ikke: legg den i mappen, eller rett navnet"
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
