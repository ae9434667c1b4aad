"""Whether a picture may be served: a drawing that does nothing, fetches nothing and says what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree  # noqa: S405 - only given text without declarations, see `_complaints`

from courses.catalogue import PICTURE_TYPES, Figure
from lms.content import Problem, Report

MAX_PICTURE_BYTES = 512 * 1024
NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*(?:\.(?:nb|nn|en))?\.([a-z0-9]+)")
SIGNATURES = {"png": rb"\x89PNG\r\n\x1a\n", "jpg": rb"\xff\xd8\xff", "webp": rb"RIFF....WEBP"}

SVG = "{http://www.w3.org/2000/svg}"
MAX_DEPTH = 20
MAX_ELEMENTS = 2_000
# what draws another element once more (use, pattern, mask, marker, clipPath) is not among them: ten in each of ten
# layers are ten thousand million drawings, in a file of a few lines
ELEMENTS = frozenset(
    {"svg", "title", "desc", "defs", "g", "style"}
    | {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"}
    | {"linearGradient", "radialGradient", "stop"}
)
DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)|<\?(?!xml\s)", re.IGNORECASE)
FETCHES = re.compile(r"@import|@font-face|\\|expression\s*\(|image-set|src\s*\(|url\s*\((?!\s*[\"']?#)", re.IGNORECASE)


def parse_picture(path: str, content: bytes) -> Report[Figure]:
    """The picture at a path, or all that is wrong with it."""
    name = path.rpartition("/")[2]
    kind = NAME.fullmatch(name)
    if kind is None or kind[1] not in PICTURE_TYPES:
        message = f"filnavnet kan ikke brukes: små bokstaver, tall og bindestrek, og {', '.join(PICTURE_TYPES)}"
        return Report(problems=(Problem(path, 1, message),))
    if len(content) > MAX_PICTURE_BYTES:
        complaints = [(1, f"bildet er over {MAX_PICTURE_BYTES // 1024} KiB: gjør det enklere eller mindre")]
    elif kind[1] == "svg":
        complaints = list(_complaints(content))
    else:
        fits = re.match(SIGNATURES[kind[1]], content, re.DOTALL)
        complaints = [] if fits else [(1, f"innholdet er ikke {kind[1]}: lagre bildet på nytt i rett format")]
    if complaints:
        return Report(problems=tuple(Problem(path, line, message) for line, message in complaints))
    return Report(items=(Figure(name=name, media_type=PICTURE_TYPES[kind[1]], content=content),))


def _complaints(content: bytes) -> Iterator[tuple[int, str]]:
    """What is wrong with an SVG, with the line where that is known.

    Declarations are refused before anything is parsed, so there are no entities to expand or fetch.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield 1, "filen er ikke UTF-8: lagre den som UTF-8"
        return
    for found in DECLARATION.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield line, "DOCTYPE, ENTITY og andre erklæringer er ikke tillatt: slett linjen"
        return
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no declarations are left
    except (ElementTree.ParseError, ValueError) as error:
        yield getattr(error, "position", (1, 0))[0], f"filen er ikke gyldig XML ({error}): rett feilen"
        return
    if root.tag != SVG + "svg":
        yield 1, 'filen er ikke et SVG-bilde: ytterst skal <svg xmlns="http://www.w3.org/2000/svg"> stå'
        return
    if reason := _too_much(root):
        yield 1, reason
        return
    title = root.find(SVG + "title")
    if title is None or not "".join(title.itertext()).strip():
        yield 1, "bildet mangler tittel: sett inn <title>…</title> rett under <svg>"
    if not root.get("viewBox"):
        yield 1, "bildet mangler viewBox: uten den kan det ikke skaleres"
    told: set[str] = set()
    for element in root.iter():
        for needle, complaint in _element_complaints(element):
            if complaint not in told:
                told.add(complaint)
                yield text.count("\n", 0, max(0, text.find(needle))) + 1, complaint


def _too_much(root: ElementTree.Element) -> str | None:
    """Why a drawing would be too heavy for a browser, layer by layer from the outside in; None when it is not."""
    layer, depth, count = [root], 0, 0
    while layer:
        depth, count = depth + 1, count + len(layer)
        if depth > MAX_DEPTH:
            return f"elementene ligger mer enn {MAX_DEPTH} nivåer inni hverandre: gjør bildet enklere"
        if count > MAX_ELEMENTS:
            return f"bildet har mer enn {MAX_ELEMENTS} elementer: gjør det enklere"
        layer = [child for element in layer for child in element]
    return None


def _element_complaints(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """What is wrong with an element, each with the characters by which to find it in the file."""
    tag = element.tag.removeprefix(SVG)
    if not element.tag.startswith(SVG) or tag not in ELEMENTS:
        yield f"<{tag}", f"elementet <{tag}> er ikke tillatt i et bilde: fjern det"
    if tag == "style" and FETCHES.search("".join(element.itertext())):
        yield "<style", "<style> henter noe utenfra: fjern @import, @font-face, url(…) og \\"
    for attribute, value in element.attrib.items():
        name = attribute.rpartition("}")[2]
        local = name.lower()
        if local.startswith("on"):
            yield f"{name}=", f"attributtet {name} kjører skript: fjern det"
        elif local == "style":
            yield f"{name}=", "attributtet style er ikke tillatt: bruk class, og sett utseendet i <style>"
        elif local in ("href", "src", "base") and not value.strip().startswith("#"):
            yield f"{name}=", f"attributtet {name} viser ut av bildet: bare #id i samme fil er tillatt"
        elif not local.startswith("aria-") and FETCHES.search(value):
            yield f"{name}=", f"attributtet {name} henter noe utenfra: bare url(#id) i samme fil er tillatt"
