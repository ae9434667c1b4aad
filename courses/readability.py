"""How hard a text is to read: LIX, for authors (Björnsson 1968, "Läsbarhet", Liber)."""

from __future__ import annotations

import re

from courses.catalogue import LINK_TARGET

LONG_WORD_CHARS = 7
"""From this length on a word counts as long: more than six letters."""

WORD = re.compile(r"[^\W\d_]+(?:[-–'’][^\W\d_]+)*")
CITATION = re.compile(r"\[[a-z0-9-]+(?:,[^\[\]]*)?\](?!\()")
SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$|[»”\")])")
MARKS = re.compile(r"^\s*(?:#+|[-*+>]|\d+[.)]|!!!|\?\?\?|\|[-:| ]+\|$)\s*", re.MULTILINE)


def lix(markdown: str) -> float:
    """LIX of a Markdown text: words per sentence, plus long words per hundred words; 0 for a text without words.

    Below 30 very easy, 30–40 easy, 40–50 medium, 50–60 hard. A line that ends without a full stop (a heading, a point
    of a list) ends a sentence; citations are not read.
    """
    text = LINK_TARGET.sub("", CITATION.sub("", markdown))
    blocks = [MARKS.sub("", line) for line in text.splitlines()]
    words = [word for block in blocks for word in WORD.findall(block)]
    if not words:
        return 0.0
    sentences = sum(_sentences(block) for block in blocks)
    long_words = sum(len(word) >= LONG_WORD_CHARS for word in words)
    return len(words) / sentences + 100 * long_words / len(words)


def _sentences(block: str) -> int:
    """How many sentences a paragraph holds: at least one where there are words."""
    if not WORD.search(block):
        return 0
    parts = [part for part in SENTENCE_END.split(block) if WORD.search(part)]
    return max(1, len(parts))
