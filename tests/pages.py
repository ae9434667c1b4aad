"""Reading a page as a browser without scripts does: its forms with what stands in them, its links, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "br", "hr", "img", "meta", "link", "source", "wbr", "area", "col", "embed", "track", "base"}


@dataclass
class Form:
    """A form: where it goes, what it would send as it stands, what it offers, the words on its buttons."""

    action: str
    method: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)  # where a button leads, if elsewhere than the form

    def filled(self, values: Mapping[str, str | Sequence[str]], button: str) -> list[tuple[str, str]]:
        """What is sent with these fields filled in and this button pressed. Fails for a field that is not there."""
        unknown = set(values) - set(self.offered)
        assert not unknown, f"no field {unknown} in the form; it has {sorted(self.offered)}"
        pairs = [(name, value) for name, value in self.sent if name not in values]
        for name, value in values.items():
            pairs += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        name, value = self.buttons[button]
        return [*pairs, (name, value)] if name else pairs


class Page(HTMLParser):
    """A page taken apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.words: list[str] = []
        self._form: Form | None = None
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._select: str | None = None
        self._select_has_value = False
        self._by_id: dict[str, Form] = {}
        self._elsewhere: list[tuple[str, str, dict[str, str]]] = []
        self.feed(html)
        for form_id, said, values in self._elsewhere:
            self._button(self._by_id[form_id], said, values)

    @property
    def text(self) -> str:
        """All words, with single blanks."""
        return " ".join(" ".join(self.words).split())

    def form_with(self, button: str) -> Form:
        """The one form with this button."""
        found = [form for form in self.forms if button in form.buttons]
        assert found, f"no button «{button}»; there are {[b for form in self.forms for b in form.buttons]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, fields, links."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
            self._by_id[values.get("id", "")] = self._form
        elif self._form is not None:
            self._field(tag, values)
        if tag not in VOID:
            self._open.append((tag, values, []))

    def _field(self, tag: str, values: dict[str, str]) -> None:
        form, name = self._form, values.get("name", "")
        assert form is not None
        if tag == "input" and name and "disabled" not in values:
            kind = values.get("type", "text")
            value = values.get("value", "on" if kind in ("radio", "checkbox") else "")
            form.offered.setdefault(name, []).append(value)
            if kind not in ("radio", "checkbox", "submit") or "checked" in values:
                form.sent.append((name, value))
        elif tag == "select":
            form.offered.setdefault(name, [])
            self._select, self._select_has_value = name, False
        elif tag == "option" and self._select:
            form.offered[self._select].append(values.get("value", ""))
            if "selected" in values or not self._select_has_value:
                form.sent = [pair for pair in form.sent if pair[0] != self._select]
                form.sent.append((self._select, values.get("value", "")))
                self._select_has_value = True
        elif tag == "textarea":
            form.offered.setdefault(name, [])

    @staticmethod
    def _button(form: Form, said: str, values: dict[str, str]) -> None:
        form.buttons[said] = (values.get("name", ""), values.get("value", ""))
        if "formaction" in values:
            form.actions[said] = values["formaction"]

    def handle_endtag(self, tag: str) -> None:
        """Close what was open; take the words of buttons, links, options and text areas."""
        while self._open:
            opened, values, words = self._open.pop()
            said = " ".join("".join(words).split())
            if self._open:
                self._open[-1][2].extend(words)
            if opened == "button" and values.get("type", "submit") == "submit":
                if "form" in values:
                    self._elsewhere.append((values["form"], said, values))
                elif self._form is not None:
                    self._button(self._form, said, values)
            elif opened == "a" and "href" in values:
                self.links.setdefault(said, values["href"])
            elif opened == "textarea" and self._form is not None:
                self._form.sent.append((values.get("name", ""), "".join(words).removeprefix("\n")))
            elif opened == "option" and self._form is not None and self._select:
                self._form.labels[(self._select, values.get("value", ""))] = said
            elif opened == "select":
                self._select = None
            elif opened == "form":
                self._form = None
            if opened == tag:
                break

    def handle_data(self, data: str) -> None:
        """Collect the words."""
        self.words.append(data)
        if self._open:
            self._open[-1][2].append(data)
