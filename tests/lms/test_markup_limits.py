"""Limits on what text may cost: its size, its depth, the time it takes and the process it runs in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from markupsafe import Markup

from lms.markup import MAX_BYTES, LimitedRenderer, MarkupError, render


def test_text_over_the_size_limit_is_refused_by_its_bytes() -> None:
    render("å" * (MAX_BYTES // 2))
    with pytest.raises(MarkupError, match="64"):
        render("å" * (MAX_BYTES // 2) + "a")


def test_halves_of_characters_are_refused() -> None:
    with pytest.raises(MarkupError, match="Unicode"):
        render("\ud800")


@pytest.mark.parametrize("text", ["> " * 2000 + "a", "".join(f"{'    ' * depth}* a\n" for depth in range(100))])
def test_text_nested_too_deeply_is_refused_or_rendered_but_never_breaks(text: str) -> None:
    try:
        assert render(text).rstrip().endswith(">")
    except MarkupError as error:
        assert "nivåer" in str(error)


def test_bombs_are_stopped_and_the_next_text_is_rendered_all_the_same() -> None:
    bombs = ["[" * 60_000, "![" * 30_000, "[a](" * 15_000, "<a " * 20_000, "[^1]" * 15_000 + "\n\n[^1]: x"]
    with LimitedRenderer(seconds_each=0.5) as limited:
        for bomb in bombs:
            with pytest.raises(MarkupError, match=r"0\.5 sekunder"):
                limited(bomb)
            assert limited("**Etterpå**") == render("**Etterpå**")


def test_the_limited_renderer_does_what_render_does() -> None:
    text = '[rapport, s. 1]\n\n![a](x.svg "T")'
    with LimitedRenderer(seconds_each=30) as limited:
        result = limited(text, pictures={"x.svg": "/innhold/0/x.svg"}, citations=["rapport"])
        assert isinstance(result, Markup)
        assert result == render(text, pictures={"x.svg": "/innhold/0/x.svg"}, citations=["rapport"])
        with pytest.raises(MarkupError, match="KiB"):
            limited("a" * (MAX_BYTES + 1))
        with pytest.raises(MarkupError):
            limited("\ud800")


def test_a_renderer_whose_process_dies_refuses_the_text_and_goes_on() -> None:
    with LimitedRenderer(seconds_each=30) as limited:
        limited("a")
        process = limited._process
        assert process is not None
        process.kill()
        process.join()
        with pytest.raises(MarkupError):
            limited("b")
        assert limited("c") == render("c")


def test_closing_a_renderer_twice_or_unused_is_fine() -> None:
    with LimitedRenderer() as unused:
        unused.close()


def test_the_same_text_gives_the_same_html_in_every_process() -> None:
    program = (
        "from lms.markup import render; print(render('## Æ {#a .tip}\\n\\n| a |\\n|:-|\\n| [b](https://c.no \"d\") |'))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
