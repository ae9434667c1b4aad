"""What decisions, evidence and marks say to people; the rules' own sentences are in `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

DECISIONS: Final[Mapping[str, Any]] = {
    "no-membership": _l("Personen hører ikke til noen enhet i dag. Meld personen inn i en enhet først."),
    "assess-not-oneself": _l("Du kan ikke vurdere deg selv. Be en annen opplæringsansvarlig om det."),
    "assess-not-own-mentee": _l(
        "Du har vært mentor for denne personen ved hospitering. Vurderingen gjøres av en annen opplæringsansvarlig."
    ),
    "assess-not-asked": _l("Det skal ikke gjøres noen faglig vurdering av personen nå."),
    "assess-exempted": _l("Personen er fritatt fra faglig vurdering siden %(on)s."),
    "assess-already-approved": _l("Personen ble godkjent %(on)s. Det trengs ikke flere godkjenninger."),
    "assess-scores-missing": _l("Sett poeng for: %(criteria)s."),
    "exempt-not-oneself": _l("Du kan ikke gi deg selv fritak. Be en annen koordinator om det."),
    "exempt-not-asked": _l("Dette kravet gjelder ikke for personen nå."),
    "exempt-not-needed": _l("Kravet er oppfylt, eller fritak er gitt, siden %(on)s."),
    "decide-not-oneself": _l("Du kan ikke ta beslutninger om ditt eget sertifikat. Be en annen koordinator om det."),
    "decision-before-issue": _l("Velg en dag fra %(issued_on)s, da sertifikatet ble utstedt."),
    "decision-too-late": _l("Velg en dag senest %(latest)s. Beslutninger kan ikke ligge mer enn ett år fram i tid."),
    "already-revoked": _l("Sertifikatet er allerede trukket tilbake. Det kan bare gjøres om etter en klage."),
    "already-to-be-revoked": _l(
        "Det er allerede besluttet at sertifikatet trekkes tilbake fra %(on)s. Skal det skje før, velg en tidligere "
        "dag."
    ),
    "already-lifted": _l(
        "Det er allerede besluttet at stansen oppheves fra %(on)s. Skal det skje før, velg en tidligere dag."
    ),
    "already-suspended": _l("Sertifikatet er allerede stanset fra %(on)s."),
    "not-suspended": _l("Sertifikatet er ikke stanset, så det er ingenting å oppheve."),
    "edition-same": _l("Det står det samme i den nyeste utgaven. Det er ingenting å utstede på nytt."),
    "edition-overtaken": _l(
        "Noen andre laget utgave %(edition)s mens du skrev. Se på den først, og last siden på nytt hvis den må endres."
    ),
    "edition-revoked": _l("Sertifikatet er trukket tilbake, så det lages ingen ny utgave av det."),
    "edition-anonymised": _l("Navnet oppbevares ikke lenger, så det lages ingen ny utgave av sertifikatet."),
    "edition-name-only": _l(
        "Med et nytt navn er enheten og sektoren som før. Var de gale fra først av, velg at noe var galt."
    ),
    "nothing-to-suspend": _l("Sertifikatet gjaldt til og med %(valid_through)s. Det er ingenting å stanse."),
}

SHEETS: Final[Mapping[str, Any]] = {
    "sheet-level-missing": _l("Velg et nivå."),
    "sheet-outcome-missing": _l("Velg ett av alternativene."),
    "sheet-feedback-missing": _l("Skriv hvorfor svaret er «ikke ennå»."),
    "sheet-next-steps-missing": _l("Skriv hva deltakeren skal gjøre nå."),
    "sheet-too-long": _l("Skriv høyst %(most)s tegn."),
    "sheet-not-understood": _l("Arket har felt vi ikke kjenner. Last siden på nytt, og prøv igjen."),
    "sheet-handed-in": _l("Arket ble levert %(at)s og kan ikke endres."),
    "sheet-set-aside": _l("Arket er lagt bort og kan ikke endres. Begynn på nytt fra siden til deltakeren."),
    "sheet-other-requirement": _l(
        "Det som kreves av deltakeren nå, er noe annet enn det vurderingen ble begynt for. Begynn på en ny fra siden "
        "til deltakeren."
    ),
    "sheet-by-mentor": _l(
        "Den andre har vært mentor for deltakeren ved hospitering, så det arket kan ikke telle. Gå videre alene."
    ),
    "sheet-hand-in-first": _l("Lever ditt eget ark først."),
    "sheets-two-already": _l("To vurderer allerede: %(names)s. Flere kan ikke være med."),
    "sheets-not-all-in": _l("Beslutningen tas når begge har levert arket sitt."),
    "sheets-both-in": _l("Begge har levert, så begge arkene teller. Nå kan dere ta beslutningen."),
}

FACTS: Final[Mapping[str, Any]] = {
    "fact-pre-test": _l("%(on)s: førtesten levert, %(score)s"),
    "fact-post-test": _l("%(on)s: ettertesten levert, %(score)s"),
    "fact-pre-test-recomputed": _l(
        "%(on)s: førtesten levert. Beregnet på nytt %(recorded_on)s, da et spørsmål var trukket: %(score)s"
    ),
    "fact-post-test-recomputed": _l(
        "%(on)s: ettertesten levert. Beregnet på nytt %(recorded_on)s, da et spørsmål var trukket: %(score)s"
    ),
    "fact-lessons": _l("%(on)s: %(done)s av %(total)s leksjoner gjennomgått"),
    "fact-seminar-day": _l("%(on)s: dag %(day)s av %(days)s, %(seminar)s"),
    "fact-seminar-day-elsewhere": _l("%(on)s: dag %(day)s av %(days)s, %(seminar)s (tatt igjen fra %(missed)s)"),
    "fact-seminar-day-made-up": _l(
        "%(on)s: dag %(day)s av %(days)s, %(seminar)s, tatt igjen slik: %(what)s Bekreftet av %(by)s."
    ),
    "fact-visit": _l("%(on)s: %(company)s med %(mentor)s (%(modules)s), bekreftet %(confirmed_on)s"),
    "fact-visit-waiting": _l("%(on)s: %(company)s med %(mentor)s (%(modules)s), venter på bekreftelse"),
    "fact-approved": _l("%(on)s: godkjent av %(by)s"),
    "fact-approved-scored": _l(
        "%(on)s: godkjent av %(by)s. Kunnskap om faget %(content)s av 5, ikke-formyndende formidling "
        "%(non_directive)s av 5"
    ),
    "fact-not-yet": _l("%(on)s: «ikke ennå» fra %(by)s: %(feedback)s"),
    "fact-delivery": _l("%(on)s: %(what)s"),
    "fact-gathering": _l("%(on)s: %(what)s"),
    "fact-exemption": _l("%(on)s: fritatt av %(by)s. Begrunnelse: %(reason)s"),
}

DAYS: Final[Mapping[str, Any]] = {
    "certificate-not-there": _l("Sertifikatet fantes ikke %(on)s. Det ble utstedt %(issued_on)s."),
    "day-not-shown": _l(
        "Vi kan ikke vise den dagen. Velg en dag fra %(first)s til %(last)s. Her er det som gjelder i dag."
    ),
}

VERIFIED: Final[Mapping[str, Any]] = {
    "verified-valid": _l("Gyldig til og med %(through)s"),
    "verified-upcoming": _l("Gyldig fra %(first)s til og med %(through)s, men ikke begynt å gjelde ennå"),
    "verified-expired": _l("Utløpt. Det gjaldt til og med %(through)s"),
    "verified-in-grace": _l("Utløpt. Det gjaldt til og med %(through)s, og innehaveren er ikke sertifisert nå"),
    "verified-suspended": _l("Midlertidig stanset fra %(on)s"),
    "verified-revoked": _l("Trukket tilbake fra %(on)s"),
    "verified-replaced": _l("Erstattet av sertifikat %(number)s fra %(on)s"),
    "verified-unknown": _l("Vi har ikke utstedt noe sertifikat med denne koden."),
    "verified-symbol": _l("Ett eller flere tegn i koden ser ut til å være feil."),
    "verified-number": _l("Det du skrev, er nummeret på sertifikatet. Kontrollen bruker koden."),
    "verified-too-many": _l("Det er kontrollert mange koder herfra på kort tid, så nå må du vente litt."),
}

MARKS: Final[Mapping[str, Any]] = {
    "mark-done": _l("Ferdig"),
    "mark-next": _l("Neste"),
    "mark-open": _l("Gjenstår"),
    "mark-later": _l("Senere"),
    "mark-exempt": _l("Fritatt"),
    "word-issued": _l("utstedt"),
    "word-lifted": _l("stansen opphevet"),
    "word-reissued": _l("utstedt på nytt i nytt navn"),
    "word-corrected": _l("rettet"),
    "word-imported": _l("importert"),
}

CHECKS: Final[Mapping[str, Any]] = {
    "check-not-open": _l("Denne kunnskapssjekken er ikke åpen lenger. Du trenger ikke gjøre noe."),
}

GROUPS: Final[Mapping[str, Any]] = {
    "group-ready": _l("Alt er oppfylt"),
    "group-waiting": _l("Venter på vurdering"),
    "group-training": _l("Under opplæring"),
    "group-renewing": _l("Skal resertifiseres"),
    "group-not_begun": _l("Ikke begynt"),
}

SENTENCES: Final[Mapping[str, Any]] = {
    **DECISIONS,
    **SHEETS,
    **FACTS,
    **DAYS,
    **VERIFIED,
    **MARKS,
    **CHECKS,
    **GROUPS,
}
