"""What every test would work out to the same: rendered texts and compiled templates, kept as long as a worker lives.

Only values that cannot be changed are kept, so no test can leave anything here for another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import CodeType

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from markupsafe import Markup

from lms import markup
from lms.markup import NO_PICTURES

_rendered: dict[tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]], Markup] = {}


def render(text: str, *, pictures: Mapping[str, str] = NO_PICTURES, citations: Collection[str] = ()) -> Markup:
    """`lms.markup.render`, which is pure, once for each text."""
    key = (text, tuple(pictures.items()), tuple(citations))
    if key not in _rendered:
        _rendered[key] = markup.render(text, pictures=pictures, citations=citations)
    return _rendered[key]


class KeptTemplates(BytecodeCache):
    """The code of each template, by its source and by what else decides how it is compiled."""

    def __init__(self) -> None:
        self._code: dict[tuple[object, ...], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code if it is here."""
        bucket.code = self._code.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        assert bucket.code is not None
        self._code[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> tuple[object, ...]:
    environment = bucket.environment
    how = (environment.trim_blocks, environment.lstrip_blocks, environment.newstyle_gettext, *environment.extensions)  # type: ignore[attr-defined]
    return (bucket.key, bucket.checksum, *how)


def keep_templates() -> None:
    """Let every application made from now on share its templates' code."""
    Flask.jinja_options = {"bytecode_cache": KeptTemplates()}
