"""The catalogues hold today's texts, whole and with the same placeholders; every code of the rules has its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import wtforms
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from lms.app import GROUND
from lms.formatting import instant
from lms.people import Locale
from lms.verdict import Reason
from lms.wording import say
from wsgi import FEATURES

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "lms" / "translations"
WITHOUT_TEXTS = {"node_modules", "tests", "migrations", "static", "translations", "var", "build"}
KEYWORDS = {**DEFAULT_KEYWORDS, **parse_keywords(["_l", "lazy_gettext", "lazy_ngettext:1,2"])}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w+)\}")
TRANSLATED = (Locale.NN, Locale.EN)

Key = str | tuple[str, ...]


def extracted(folder: Path, methods: list[tuple[str, str]], options: dict[str, dict[str, str]]) -> frozenset[Key]:
    """The msgids below a folder; a plural as the pair of its forms."""

    def has_texts(path: str | Path) -> bool:
        name = Path(path).name
        return not name.startswith(".") and name not in WITHOUT_TEXTS

    found = extract_from_dir(folder, methods, options, keywords=KEYWORDS, directory_filter=has_texts)
    return frozenset(message for _file, _line, message, _comments, _context in found)


@cache
def todays() -> frozenset[Key]:
    """Every msgid in the templates and the code as they are now, by the same rules as `make translations`."""
    with (ROOT / ".babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    return extracted(ROOT, methods, options)


@cache
def said_by_wtforms() -> frozenset[Key]:
    """Those of today's msgids that are WTForms' own sentences, in English."""
    return extracted(Path(wtforms.__file__).parent, [("**.py", "python")], {}) & todays()


@cache
def catalogue(locale: Locale) -> Catalog:
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


def messages(locale: Locale) -> Iterator[tuple[Key, Message, tuple[str, ...]]]:
    """Each entry but the head: its msgid, itself, and what it is translated to, once a form."""
    for message in catalogue(locale):
        if message.id:
            forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
            yield key(message), message, tuple(form or "" for form in forms)


def key(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else tuple(map(str, message.id))


def placeholders(text: str) -> set[str]:
    return {name or braced for name, braced in PLACEHOLDER.findall(text)}


@pytest.mark.parametrize("locale", Locale)
def test_a_catalogue_has_todays_texts_and_no_others(locale: Locale) -> None:
    held = {message_id for message_id, _message, _forms in messages(locale)}
    assert sorted(map(str, todays() - held)) == [], "run `make translations` and translate these"
    assert sorted(map(str, held - todays())) == [], "run `make translations`: these are said no longer"
    assert [m.id for m in catalogue(locale) if m.fuzzy and m.id] == [] and not catalogue(locale).obsolete


@pytest.mark.parametrize("locale", TRANSLATED)
def test_nynorsk_and_english_are_complete(locale: Locale) -> None:
    assert [message_id for message_id, _message, forms in messages(locale) if not all(map(str.strip, forms))] == []


def test_bokmal_translates_what_wtforms_says_and_nothing_else() -> None:
    translated = {message_id for message_id, _message, forms in messages(Locale.NB) if all(forms)}
    assert len(said_by_wtforms()) > 5
    assert translated == said_by_wtforms()


@pytest.mark.parametrize("locale", Locale)
def test_a_translation_has_the_placeholders_of_its_text(locale: Locale) -> None:
    different = [
        (source, form)
        for message_id, _message, forms in messages(locale)
        for source, form in zip([message_id] if isinstance(message_id, str) else message_id, forms, strict=True)
        if form and placeholders(source) != placeholders(form)
    ]
    assert different == []


@pytest.mark.parametrize("locale", Locale)
def test_every_code_has_a_sentence_that_takes_its_values(words_only: Flask, locale: Locale) -> None:
    with words_only.test_request_context():
        for feature in (*FEATURES, GROUND):
            for code, sentence in feature.wording.items():
                with force_locale("nb"):
                    values = {name: f"«{name}»" for name in placeholders(str(sentence))}
                with force_locale(locale):
                    said = say(Reason(code, values))
                assert said.strip() and said != code, f"{feature.name}: {code}"
                assert all(value in said for value in values.values()), f"{code}: {said}"
                assert "%" not in said and "{" not in said, f"{code}: {said}"


def test_features_that_share_a_code_say_the_same(words_only: Flask) -> None:
    """The house keeps one sentence for a code: the last feature's would silently win."""
    said: dict[str, str] = {}
    with words_only.test_request_context(), force_locale("nb"):
        for feature in (*FEATURES, GROUND):
            for code, sentence in feature.wording.items():
                assert said.setdefault(code, str(sentence)) == str(sentence), f"{feature.name}: {code}"


@pytest.mark.parametrize(
    ("locale", "written"),
    [(Locale.NB, "22.11.2026 kl. 14.05"), (Locale.NN, "22.11.2026 kl. 14.05"), (Locale.EN, "22.11.2026, 14:05")],
)
def test_an_instant_is_written_as_the_language_does(words_only: Flask, locale: Locale, written: str) -> None:
    with words_only.test_request_context(), force_locale(locale):
        assert instant(datetime(2026, 11, 22, 13, 5, tzinfo=UTC)) == written


def test_an_option_is_never_taken_for_a_word() -> None:
    """`shown` looks a text up as a word of the house: the letter of an option must stay a letter."""
    codes = {code for feature in (*FEATURES, GROUND) for code in feature.wording}
    assert not {f"word-{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} & codes
