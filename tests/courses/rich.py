"""A course with one of everything: callouts, answers to write, films, words, files; and in nynorsk too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from courses.archive import pack
from courses.parsing.course import parse_course
from courses.parsing.translation import TRANSLATED, stamp
from courses.publishing import Publication, publish
from tests.courses import factories

COURSE = factories.COURSE
HOST = "www.youtube-nocookie.com"
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHei.\n"
LIST = b"%PDF-1.7\nEn huskeliste\n"

GLOSSARY = """## Mellomvirvelskive {#skive-ord}

Puten mellom to virvler. [rapport, kap. 10.5]

## Unngåelse {#unngaelse}

Å holde seg unna det som kjennes truende.
"""

LESSON = """---
id: skiven
title: Skiven er sterk
---
## Løft

En [mellomvirvelskive](ord:skive-ord) tåler mye.[^1] [rapport, kap. 10.5]

[^1]: Noten til setningen.

![En skive som bærer](skive.svg "Skiven")

| Vekt | Tåler |
|---|---:|
| 10 kg | ja |

!!! reflection min-rygg "Hva tåler du?"
    Tenk på **sist** du løftet noe.

??? "Mer om løft"
    Det som kan vente.

    !!! reflection mitt-loft "Og ellers?"
        Hva løfter du til daglig?

Ta med [huskelisten](liste.pdf).

!!! video "Et løft på lageret"
    [film](film.mp4) [teksting](film.vtt)

    Hun løfter en kasse og sier «hei».
"""

HOSTED = f"""---
id: smerten
title: Smerten er ekte
---
Smerte er sjelden skade.

!!! video "En samtale om smerte"
    [film](https://{HOST}/embed/abc)

    Legen sier: «Det er ikke farlig.»
"""

NYNORSK = {
    "course.nn.md": "---\nid: rolig-start\ntitle: Roleg start\naudience: Nye instruktørar\nobjectives:\n"
    "  ryggen: Forklare at ryggen er sterk på nynorsk\n  uroen: Forklare kva uro er\noriginal: '00000000'\n---\n"
    "Velkomen.\n",
    "01-rygg/module.nn.md": "---\nid: rygg\ntitle: Ryggen, nynorsk\noriginal: 00000000\n---\nOm ryggen, nynorsk.\n",
    "01-rygg/01-skiven.nn.md": LESSON.replace("title: Skiven er sterk", "title: Skiva er sterk\noriginal: 00000000")
    .replace("tåler mye", "toler mykje")
    .replace('"Hva tåler du?"', '"Kva toler du?"'),
    "01-rygg/02-smerten.nn.md": HOSTED.replace("title: Smerten er ekte", "title: Smerta er ekte\noriginal: 00000000")
    .replace("er sjelden skade", "er sjeldan skade")
    .replace("En samtale", "Ein samtale"),
    "01-rygg/glossary.nn.md": "## Mellomvirvelskive {#skive-ord original=00000000}\n\nPuta mellom to virvlar.\n\n"
    "## Unngåing {#unngaelse original=00000000}\n\nÅ halde seg unna.\n",
    "02-uro/module.nn.md": "---\nid: uro\ntitle: Uroa\noriginal: 00000000\n---\nOm uro.\n",
    "02-uro/01-angsten.nn.md": "---\nid: angsten\ntitle: Angsten går over\noriginal: 00000000\n---\nUroa søkk.\n",
}


def files(*, kind: str = "topic", nynorsk: bool = False, right: str = "b", **changes: str) -> dict[str, bytes]:
    """The small course of `factories`, with one of everything in its first module. `right` as there."""
    found = factories.files(kind=kind, right=right, **changes)
    found |= {
        "01-rygg/01-skiven.md": LESSON.encode(),
        "01-rygg/02-smerten.md": HOSTED.encode(),
        "01-rygg/glossary.md": GLOSSARY.encode(),
        "01-rygg/film.mp4": FILM,
        "01-rygg/film.vtt": CAPTIONS,
        "01-rygg/liste.pdf": LIST,
    }
    return found | (translated(found) if nynorsk else {})


def translated(original: Mapping[str, bytes]) -> dict[str, bytes]:
    """The nynorsk files of a course, stamped with what they are made of."""
    report = parse_course(original, "kurs")
    assert report, report.problems
    texts = dict(NYNORSK)
    for folder in ("01-rygg", "02-uro"):
        source = original[f"{folder}/questions.md"].decode()
        for question in report.items[0].questions:
            old = f"{{#{question.id} objective={question.objective} kind={question.kind}}}"
            source = source.replace(old, f"{{#{question.id} original=00000000}}")
        texts[f"{folder}/questions.nn.md"] = (
            source.replace("Hva er", "Kva er").replace("Spørsmål", "Spurnad").replace("Slik er det", "Slik er det no")
        )
    assert all(TRANSLATED.fullmatch(name) for name in texts)
    return {name: stamp(report.items[0], name, text).encode() for name, text in texts.items()}


def published(session: Session, now: datetime, course: Mapping[str, bytes]) -> Publication:
    """These files, published with their source."""
    compiled, assets = factories.compiled(course)
    return publish(session, compiled, assets, published_by=None, now=now, source=pack(course))


def changed(course: Mapping[str, bytes], name: str, old: str, new: str) -> dict[str, bytes]:
    """A course with one text put in the place of another, which must be there."""
    text = course[name].decode()
    assert old in text, f"{name} does not hold {old!r}"
    return {**course, name: text.replace(old, new).encode()}
