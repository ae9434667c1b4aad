"""What is said about booking: why not, and what to do then; a name for each thing that happens to a seat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "booking-cancelled": _l("Samlingen er avlyst. Se om det er en annen du kan melde deg på."),
    "booking-not-needed": _l("Du trenger ingen samling nå. På Min vei ser du hva som er neste steg for deg."),
    "booking-other-part": _l("Du trenger del %(parts)s, og den er ikke med i denne samlingen. Velg en annen samling."),
    "booking-begun": _l("Samlingen har begynt. Velg en senere samling, eller snakk med opplæringsansvarlig."),
    "booking-part-1-first": _l("Del 1 må tas før del 2, og del 1 her har begynt. Velg en senere samling."),
    "booking-seated-elsewhere": _l(
        "Du har allerede plass på %(seminar)s, del %(part)s. Vil du heller hit, så flytt plassen i stedet."
    ),
    "booking-not-open": _l("Påmeldingen åpner %(day)s. Kom tilbake da."),
    "booking-closed": _l("Påmeldingen ble stengt %(day)s. Snakk med opplæringsansvarlig om det fortsatt er plass."),
    "booking-by-trainer": _l("Samlingen er ikke åpen for påmelding. Opplæringsansvarlig setter opp deltakerne."),
    "booking-invitation-over": _l(
        "Invitasjonen gjaldt til og med %(day)s. Snakk med opplæringsansvarlig om det fortsatt er plass."
    ),
    "booking-full": _l("Alle de %(seats)s plassene er opptatt."),
    "booking-sector-full": _l("Kvoten for %(sector)s er full: høyst %(seats)s plasser."),
    "booking-unit-full": _l("Kvoten for %(unit)s er full: høyst %(seats)s plasser."),
    "booking-window-half": _l("Sett både første og siste dag for påmelding, eller ingen av dem."),
    "booking-window-order": _l("Siste dag for påmelding må være samme dag som den første eller senere."),
    "booking-window-late": _l("Påmeldingen må stenge senest %(day)s, som er første dag av samlingen."),
    "cancel-window-late": _l("Siste dag for å melde seg av må være senest %(day)s, som er første dag av samlingen."),
    "invitation-day": _l("Siste dag for å melde seg på må være fra %(first)s til %(last)s."),
    "no-offer": _l("Du har ikke noe tilbud om plass her nå."),
    "offer-ran-out": _l("Tilbudet gikk ut %(at)s, og plassen går videre. Du kan melde deg på igjen."),
    "give-up-by-trainer": _l("Plassen kan bare opplæringsansvarlig ta tilbake. Ta kontakt, så finner dere ut av det."),
    "give-up-too-late": _l(
        "Fristen for å melde seg av var %(day)s. Ta kontakt med opplæringsansvarlig om du ikke kan komme."
    ),
    "removal-needs-reason": _l("Fristen for å melde seg av var %(day)s. Skriv hvorfor plassen tas tilbake."),
    "line-not-needed": _l("Det er ledig plass. Flytt plassen din hit i stedet for å vente."),
    "seats-changed-meanwhile": _l("Plassene dine ble endret mens du svarte. Se over, og prøv igjen."),
    "no-seat-to-move": _l("Det er ingen plass å flytte lenger. Se over listen."),
    "move-seated-there": _l("Personen har allerede plass på %(seminar)s."),
    "nobody-to-invite": _l("Ingen er invitert: de trenger ikke samlingen, har plass eller er alt invitert."),
    "word-seat-seated": _l("lagt til"),
    "word-seat-booked": _l("meldte seg på"),
    "word-seat-queued": _l("kom på venteliste"),
    "word-seat-offered": _l("fikk tilbud om plass"),
    "word-seat-accepted": _l("tok imot plassen"),
    "word-seat-declined": _l("sa nei til plassen"),
    "word-seat-ran_out": _l("svarte ikke i tide"),
    "word-seat-left_queue": _l("gikk av ventelisten"),
    "word-seat-gave_up": _l("meldte seg av"),
    "word-seat-removed": _l("tatt av listen"),
    "word-seat-moved_in": _l("flyttet hit"),
    "word-seat-moved_out": _l("flyttet herfra"),
    "word-seat-seminar_cancelled": _l("samlingen ble avlyst"),
}
