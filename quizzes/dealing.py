"""Keys for prompts, right-hand sides and steps, dealt so that they tell nothing about which belongs where.

The deal is a shuffle by the question's id alone: the same in every process and for every wording, so that a reworded
question keeps its keys. It never gives keys in the order of the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

from quizzes.questions import OPTION_KEYS, Option, Prompt


class Pair(NamedTuple):
    """A prompt with what belongs to it; without `left`, a wrong right-hand side. All are Markdown."""

    left: str
    right: str
    feedback: str = ""


def dealt(question_id: str, what: str, size: int) -> tuple[str, ...]:
    """The first `size` keys, shuffled by the id; never in alphabetical order (but for fewer than two)."""
    keys = OPTION_KEYS[:size]
    for again in count():
        order = sorted(keys, key=lambda key: hashlib.sha256(f"{question_id}/{what}/{again}/{key}".encode()).digest())  # noqa: B023
        if size < 2 or order != list(keys):
            return tuple(order)
    raise AssertionError("unreachable")


def same(text: str) -> str:
    """What two right-hand sides have in common when they are one option: words, whatever their spaces and case."""
    return " ".join(text.split()).casefold()


def match_up(question_id: str, pairs: Sequence[Pair]) -> tuple[tuple[Prompt, ...], tuple[Option, ...]]:
    """Prompts in the order of the pairs, and options in the order of their keys.

    Equal right-hand sides are one option. Feedback on a pair is the prompt's, on a wrong right-hand side the option's.
    """
    sides: dict[str, Pair] = {}
    for pair in pairs:
        sides.setdefault(same(pair.right), pair)
    keys = dict(zip(sides, dealt(question_id, "options", len(sides)), strict=True))
    asking = [pair for pair in pairs if pair.left]
    asked_for = {same(pair.right) for pair in asking}
    prompts = tuple(
        Prompt(key=key, text=pair.left, option=keys[same(pair.right)], feedback=pair.feedback)
        for key, pair in zip(dealt(question_id, "prompts", len(asking)), asking, strict=True)
    )
    options = [
        Option(
            key=keys[side],
            text=pair.right,
            right=side in asked_for,
            feedback="" if side in asked_for else pair.feedback,
        )
        for side, pair in sides.items()
    ]
    return prompts, tuple(sorted(options, key=lambda option: option.key))


def put_in_order(question_id: str, steps: Sequence[tuple[str, str]]) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Options in the order of their keys, and the keys in the right order, from text and feedback of each step."""
    order = dealt(question_id, "steps", len(steps))
    options = [
        Option(key=key, text=text, right=True, feedback=feedback)
        for key, (text, feedback) in zip(order, steps, strict=True)
    ]
    return tuple(sorted(options, key=lambda option: option.key)), order
