"""The small complete course that `lms content new` begins with; the author's guide in README.md shows the same."""

from __future__ import annotations

import re
import unicodedata

COURSE = """---
id: {slug}
title: "{title}"
kind: topic
language: nb
audience: Skriv hvem kurset er for
hours: 1
pass_mark: 80 %
objectives:
  forste-mal: Skriv hva deltakeren kan etterpå
references:
  rapport: >-
    Arbeids- og velferdsdirektoratet og Helsedirektoratet (2016). *HelseIArbeid – Rapport.*
blueprint:
  forste-mal: 1
---
Skriv hva kurset er, og hvordan man går fram.
"""

MODULE = """---
id: {slug}-modul-1
title: Første modul
objectives: [forste-mal]
minutes: 20
---
Skriv hva modulen gir leseren.
"""

LESSON = """---
id: {slug}-leksjon-1
title: Første leksjon
---
Begynn rett på sak. Et ord som trenger forklaring, kan lenkes til [ordlisten](ord:{slug}-ord). Hver påstand har sin
kilde. [rapport, kap. 10.5]

!!! case "På lageret"
    Rykk teksten inn med fire mellomrom. Rammene heter tip, fact, caution, case, reflection og video.

!!! reflection {slug}-refleksjon "Hva gjør dere?"
    Spør om én ting. Leseren kan ta vare på svaret sitt.

??? "Mer om dette"
    Det som kan vente, foldes ut.
"""

GLOSSARY = """## Ordlisten {{#{slug}-ord}}

Her står det hva ordene betyr, med høyst åtti ord. [rapport, kap. 10.5]
"""

QUESTIONS = """## Et spørsmål med ett riktig svar {{#{slug}-01 objective=forste-mal kind=single}}

Hva spør du om?

- [ ] Et fristende galt svar
  > Hvorfor det frister, og hvorfor det er galt.
- [x] Det beste svaret
- [ ] Et annet galt svar

> Forklaringen, med kilde. [rapport, kap. 10.5]

## Sant eller usant {{#{slug}-02 objective=forste-mal kind=true_false}}

Skriv en påstand.

- [x] Sant
- [ ] Usant

> Forklaringen, med kilde. [rapport, kap. 10.5]
"""

SLUG_CHARS = 40
"""How much of a folder's name goes into ids, which have words added to them."""


def files(name: str) -> dict[str, str]:
    """The files of a new course in a folder of this name, by relative path."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ø", "o").replace("æ", "ae")).encode("ascii", "ignore")
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.decode()))[:SLUG_CHARS].strip("-") or "kurs"
    readable = "".join(sign for sign in name if sign.isprintable() and sign not in '"\\')
    title = " ".join(readable.replace("-", " ").split()).capitalize() or "Nytt kurs"
    texts = {
        "course.md": COURSE,
        "01-forste/module.md": MODULE,
        "01-forste/01-leksjon.md": LESSON,
        "01-forste/glossary.md": GLOSSARY,
        "01-forste/questions.md": QUESTIONS,
    }
    return {path: text.format(slug=slug, title=title) for path, text in texts.items()}
