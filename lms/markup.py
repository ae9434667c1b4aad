"""Markdown to sanitised HTML: the only door by which authors' text becomes markup.

Python-Markdown, then nh3, then bleach, both with the one allow-list below; then the result is read once more
against it. Nothing is added after sanitising. `render` is pure; `LimitedRenderer` is the same function in a
process of its own with a time limit, for publishing: hostile text can keep Python-Markdown busy for minutes.
"""

from __future__ import annotations

import html
import multiprocessing
import re
from collections.abc import Callable, Collection, Mapping
from html.parser import HTMLParser
from multiprocessing.connection import Connection
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

import bleach
import nh3
from markdown import Markdown
from markdown.extensions.admonition import AdmonitionExtension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify_unicode
from markupsafe import Markup
from pymdownx.details import DetailsExtension

from lms.dialect import ADMONITIONS, HouseExtension

MAX_BYTES = 64 * 1024
MAX_SECONDS = 2.0
MAX_START_SECONDS = 60.0

ID_PREFIX = "tekst-"
"""Before every id that comes from text, so that none can pass for an id of the page around it."""

NO_PICTURES: Mapping[str, str] = MappingProxyType({})


class MarkupError(ValueError):
    """The text cannot be made into safe HTML; the message says why and what to do, in Norwegian."""


class Renderer(Protocol):
    """`render`, or something that keeps its promise."""

    def __call__(self, text: str, *, pictures: Mapping[str, str] = ..., citations: Collection[str] = ...) -> Markup: ...


# The allow-list. Per element its attributes, per attribute what its value must be.

SCHEMES = frozenset({"http", "https", "mailto"})
CLASSES = frozenset(
    {"admonition", "admonition-title", *ADMONITIONS, "figure", "footnote", "footnote-ref", "footnote-backref"}
    | {"reference", "term", "attachment", "slot", "more"}
    | {"ds-table", "table-scroll", "align-left", "align-center", "align-right"}
)

_IGNORED_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060\ufeff]")


def is_safe_link(address: str) -> bool:
    """Whether an address is http, https, mailto, relative or an anchor, however it is disguised."""
    bare = _IGNORED_IN_ADDRESSES.sub("", html.unescape(address))
    scheme = re.match(r"([^/?#]*):", bare)
    return not bare.startswith("//") and "\\" not in bare and (scheme is None or scheme[1].lower() in SCHEMES)


def _is_local(address: str) -> bool:
    return is_safe_link(address) and ":" not in html.unescape(address)


def _has_allowed_classes(value: str) -> bool:
    return bool(value) and set(value.split()) <= CLASSES


def _matching(pattern: str) -> Callable[[str], bool]:
    whole = re.compile(pattern)
    return lambda value: whole.fullmatch(value) is not None


def _anything(_value: str) -> bool:
    return True


ALLOWED: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    "*": {"id": _matching(re.escape(ID_PREFIX) + r"[\w.:-]{1,200}"), "class": _has_allowed_classes},
    "a": {"href": is_safe_link, "title": _anything, "rel": _matching("noopener")},
    "img": {"src": _is_local, "alt": _anything, "title": _anything},
    "div": {"role": _matching("region|note"), "tabindex": _matching("0"), "aria-label": _anything},
    "th": {"scope": _matching("col|row")},
    "ol": {"start": _matching(r"[0-9]{1,4}")},
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6", "p", "blockquote", "pre", "ul", "li", "hr"), {}),
    **dict.fromkeys(("em", "strong", "code", "sub", "sup", "br", "figure", "figcaption", "details", "summary"), {}),
    **dict.fromkeys(("table", "thead", "tbody", "tr", "td"), {}),
}
TAGS = frozenset(ALLOWED) - {"*"}


def is_allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stand in the result as it is."""
    rule = ALLOWED.get(tag, {}).get(name) or ALLOWED["*"].get(name)
    return rule is not None and rule(value)


def _made_allowed(tag: str, name: str, value: str) -> str | None:
    """An author's attribute as it may stand in the result, or None to drop it."""
    if name == "id":
        value = ID_PREFIX + value
    elif name == "href" and value.startswith("#"):
        value = "#" + ID_PREFIX + value[1:]
    elif name == "class":
        value = " ".join(word for word in value.split() if word in CLASSES)
    return value if is_allowed(tag, name, value) else None


_FIRST = nh3.Cleaner(
    tags=TAGS,
    attributes={tag: set(rules) for tag, rules in ALLOWED.items()},
    attribute_filter=_made_allowed,
    url_schemes=SCHEMES,
    link_rel=None,
)


def _sanitised(markup: str) -> str:
    # A bleach Cleaner is not safe to share between threads; making one is cheap.
    second = bleach.Cleaner(tags=TAGS, attributes=is_allowed, protocols=SCHEMES, strip=True, strip_comments=True)
    clean = second.clean(_FIRST.clean(markup))
    reader = _LastLook()
    reader.feed(clean)
    reader.close()
    return clean


class _LastLook(HTMLParser):
    """Reads the finished HTML and raises MarkupError at anything that is not on the allow-list."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or not all(is_allowed(tag, name, value or "") for name, value in attrs):
            raise MarkupError(f"teksten ga HTML som ikke er tillatt (<{tag}>): skriv den om uten HTML")

    def _refuse(self, _text: str) -> None:
        raise MarkupError("teksten ga HTML som ikke er tillatt (<!…>): skriv den om uten HTML")

    def handle_comment(self, data: str) -> None:
        self._refuse(data)

    def handle_decl(self, decl: str) -> None:
        self._refuse(decl)

    def handle_pi(self, data: str) -> None:
        self._refuse(data)

    def unknown_decl(self, data: str) -> None:
        self._refuse(data)


def render(text: str, *, pictures: Mapping[str, str] = NO_PICTURES, citations: Collection[str] = ()) -> Markup:
    """Markdown to sanitised HTML.

    `pictures` maps pictures and files as written to the addresses they are served from. `citations` are the keys of
    references: `[key]` and `[key, locator]` become links to `citation_anchor(key)`.
    Raises MarkupError, and nothing else, for text that is too long, nested too deeply or not text.
    """
    check_size(text)
    markdown = Markdown(
        extensions=[
            AdmonitionExtension(),
            AttrListExtension(),
            DetailsExtension(),
            FootnoteExtension(BACKLINK_TITLE="Tilbake til note {} i teksten"),
            SaneListExtension(),
            TableExtension(use_align_attribute=True),
            TocExtension(slugify=slugify_unicode, marker=""),
            HouseExtension(pictures, citations),
        ],
        output_format="html",
    )
    try:
        return Markup(_sanitised(markdown.convert(text)))  # noqa: S704 - this is the one door
    except MarkupError:
        raise
    except RecursionError as error:
        raise MarkupError("teksten har for mange nivåer inni hverandre: gjør lister og sitater flatere") from error
    except Exception as error:  # hostile text finds ways to fail in two libraries; an author needs one answer
        raise MarkupError(f"teksten kan ikke gjøres om til HTML ({type(error).__name__}): skriv den enklere") from error


def check_size(text: str) -> None:
    """Raises MarkupError for text over `MAX_BYTES` in UTF-8, or with halves of characters."""
    try:
        size_bytes = len(text.encode())
    except UnicodeEncodeError as error:
        raise MarkupError("teksten har tegn som ikke er gyldig Unicode: skriv dem på nytt") from error
    if size_bytes > MAX_BYTES:
        raise MarkupError(f"teksten er på {size_bytes // 1024} KiB, og grensen er {MAX_BYTES // 1024}: del den i flere")


class LimitedRenderer:
    """`render` in a process of its own, with a limit on the time each text may take; a context manager.

    A text that takes longer, or brings the process down, raises MarkupError; the next starts a new process.
    """

    def __init__(self, seconds_each: float = MAX_SECONDS) -> None:
        self.seconds_each = seconds_each
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __call__(
        self, text: str, *, pictures: Mapping[str, str] = NO_PICTURES, citations: Collection[str] = ()
    ) -> Markup:
        """As `render`; raises MarkupError also for text that takes too long."""
        check_size(text)
        pipe = self._pipe or self._start()
        try:
            pipe.send((text, dict(pictures), tuple(citations)))
            if not pipe.poll(self.seconds_each):
                self.close()
                raise MarkupError(
                    f"teksten tok mer enn {self.seconds_each:g} sekunder å gjøre om til HTML: "
                    "del den opp, eller skriv lister, sitater og lenker enklere"
                )
            fine, answer = pipe.recv()
        except (EOFError, OSError) as error:
            self.close()
            raise MarkupError("teksten kan ikke gjøres om til HTML: skriv den enklere") from error
        if not fine:
            raise MarkupError(answer)
        return Markup(answer)  # noqa: S704 - made by `render` in the other process

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._pipe = self._process = None

    def _start(self) -> Connection:
        """A new process that has said it is ready: its start does not count against the first text."""
        context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        try:
            ready = self._pipe.poll(MAX_START_SECONDS) and self._pipe.recv()
        except (EOFError, OSError):
            ready = False
        if not ready:
            self.close()
            raise RuntimeError("the rendering process did not start")
        return self._pipe


def _serve(pipe: Connection) -> None:
    """Render what comes through the pipe until the other end closes it."""
    pipe.send(True)
    while True:
        try:
            text, pictures, citations = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, str(render(text, pictures=pictures, citations=citations))))
        except MarkupError as error:
            pipe.send((False, str(error)))
