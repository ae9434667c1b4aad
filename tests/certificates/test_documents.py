"""The certificate as others receive it, read with pikepdf and pypdf, which share nothing with typst."""

from __future__ import annotations

import io
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certificates.documents.certificate import CertificateText, certificate_pdf
from certificates.documents.typesetting import (
    QR_ERROR_CORRECTION,
    QR_QUIET_ZONE_MODULES,
    UNPRINTABLE,
    Line,
    unprintable,
)
from tests.certificates import reading_documents
from tests.certificates.pdf_rules import breaches, heard
from tests.certificates.reading_documents import drawn_qr, keys_anywhere, text_runs, unbroken

SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots" / "documents"
A4_WIDTH_PT, A4_HEIGHT_PT, TEXT_RIGHT_PT = 595.28, 841.89, 524.5
SMALLEST_QR_MODULE_PT = 0.5 * 72 / 25.4  # half a millimetre: what an ordinary telephone reads on paper

NB = CertificateText(
    locale="nb",
    organisation="HelseIArbeid",
    title="Instruktørsertifikat",
    lead="Det bekreftes at",
    holder_name="Áile Márjá Ørbeck-Næss",
    statement=("har gjennomført grunnopplæringen og er faglig godkjent som instruktør.", "Kan holde bedriftstiltaket."),
    number=Line(label="Sertifikatnummer", value="HIA-2026-00417"),
    valid_from=Line(label="Gyldig fra", value="22.11.2026"),
    valid_through=Line(label="Gyldig til og med", value="21.11.2029"),
    details=(
        Line(label="Program", value="Instruktør i HelseIArbeid, utgave 2"),
        Line(label="Sektor", value="Helsetjenesten"),
    ),
    issued_by=Line(label="Utstedt av", value="HelseIArbeid Nord, regional enhet"),
    issued_on=Line(label="Utstedt", value="22.11.2026"),
    approved_by=Line(label="Faglig godkjent av", value="Opplæringsansvarlig i regional enhet"),
    verification_heading="Kontroller sertifikatet",
    verification_text="Skann koden, eller åpne adressen, for å se om sertifikatet er gyldig i dag.",
    verification_url="https://laering.example.no/verify/K7PM-4XQT-9RWD",
    verification_alt="QR-kode til kontrollsiden laering.example.no/verify/K7PM-4XQT-9RWD",
    code=Line(label="Kontrollkode", value="K7PM-4XQT-9RWD"),
    derivation="Første sertifikat, godkjent 22.11.2026. Gyldig i 36 kalendermåneder fra den dagen (regelsett 1).",
    unprintable_note=f"{UNPRINTABLE} står for et tegn som ikke kan trykkes. Kontrollsiden viser navnet som registrert.",
    dated=datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
)
NN = replace(
    NB,
    locale="nn",
    title="Instruktørsertifikat",
    lead="Det vert stadfesta at",
    statement=("har gjennomført grunnopplæringa og er fagleg godkjend som instruktør.",),
    valid_from=Line(label="Gyldig frå", value="22.11.2026"),
)
EN = replace(
    NB,
    locale="en",
    title="Instructor certificate",
    lead="This certifies that",
    statement=("has completed the foundation training and is approved as an instructor.",),
    valid_from=Line(label="Valid from", value="22.11.2026"),
    valid_through=Line(label="Valid through", value="21.11.2029"),
)
HOSTILE_NAMES = [
    '#import "/etc/passwd": *',
    "*bold* _kursiv_ $x^2$ `kode` <merke> @viser",
    "22. november",
    "= Overskrift",
    "- liste / ledd: #panic(1) \\ ]{}[",
    '"}, "title": "Kong',
    "https://example.org/?a=b&c='d'",
    "ÆØÅ æøå ÁČĐŊŠŦŽ áčđŋšŧž ïÏ Ʒʒ Ǯǯ ǧǩ",
    "Nguyễn Thị Ánh Ødegård",
    "Łukasz Çelik-Şahin",
]


def reader(text: CertificateText) -> Any:
    return reading_documents.reader(certificate_pdf(text))


def read(text: CertificateText) -> str:
    return reading_documents.read(certificate_pdf(text))


def file_title(text: CertificateText) -> str:
    return reading_documents.file_title(certificate_pdf(text))


def opened(text: CertificateText) -> pikepdf.Pdf:
    return reading_documents.opened(certificate_pdf(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [(NB, "certificate-nb"), (NN, "certificate-nn"), (EN, "certificate-en")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_holder_receives_reads_as_agreed(text: CertificateText, name: str) -> None:
    """Set LMS_UPDATE_SNAPSHOTS=1 to accept a changed text."""
    snapshot, actual = SNAPSHOTS / f"{name}.txt", read(text).strip() + "\n"
    if os.environ.get("LMS_UPDATE_SNAPSHOTS") == "1":
        snapshot.write_text(actual, encoding="utf-8")
    assert actual == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [NB, NN, EN], ids=lambda text: text.locale)
def test_the_file_claims_pdf_ua_1_and_pdf_a_2a_and_keeps_what_it_claims(text: CertificateText) -> None:
    assert breaches(certificate_pdf(text)) == []
    with opened(text) as pdf:
        with pdf.open_metadata() as xmp:
            assert xmp["dc:title"] == f"{text.title} – {text.holder_name}"
        assert str(pdf.Root.Lang) == text.locale and len(pdf.pages) == 1
        assert [round(float(edge), 1) for edge in pdf.pages[0].MediaBox] == [0, 0, 595.3, 841.9]


def test_a_screen_reader_says_it_in_the_order_people_read_it() -> None:
    said = heard(certificate_pdf(NB))
    assert [text for _role, text in said][:12] == [
        NB.organisation, NB.title, NB.lead, NB.holder_name, *NB.statement,
        NB.valid_from.label, NB.valid_from.value, NB.valid_through.label, NB.valid_through.value,
        NB.number.label, NB.number.value,
    ]  # fmt: skip
    assert [said for said in said if said[0].startswith("/H")] == [
        ("/H1", NB.title),
        ("/H2", NB.verification_heading),
    ]
    assert [text for role, text in said if role == "/Figure"] == [NB.verification_alt]
    assert [text for _role, text in said][-2:] == [f"{NB.code.label} {NB.code.value}", NB.derivation]


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda pdf: pdf.Root.ViewerPreferences.__delitem__("/DisplayDocTitle"), "the title is not what windows show"),
        (lambda pdf: pdf.Root.__setitem__("/Lang", ""), "no language"),
        (lambda pdf: pdf.Root.__delitem__("/OutputIntents"), "there is not exactly one output intent with a profile"),
        (lambda pdf: pdf.Root.__setitem__("/OpenAction", pikepdf.Array([])), "the file can do or hold something"),
        (lambda pdf: pdf.pages[0].contents_add(b"BT ET 0 0 m 9 9 l S"), "page 1: S paints outside every tag"),
        (lambda pdf: figure(pdf).__delitem__("/Alt"), "a figure without a text"),
        (lambda pdf: figure(pdf).__setitem__("/K", pikepdf.Array([])), "page 1 shows what no tag tells"),
    ],
)
def test_the_checker_finds_what_is_broken(harm: Any, told: str) -> None:
    with opened(NB) as pdf:
        harm(pdf)
        changed = io.BytesIO()
        pdf.save(changed)
    assert any(breach.startswith(told) for breach in breaches(changed.getvalue()))


def figure(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    return next(tag for tag in reading_documents.tags(pdf.Root.StructTreeRoot.K) if tag.S == "/Figure")


def test_the_file_does_nothing_on_its_own() -> None:
    with opened(NB) as pdf:
        forbidden = {"/JS", "/JavaScript", "/URI", "/Launch", "/OpenAction", "/AA", "/Annots", "/EmbeddedFiles"}
        assert not forbidden & (keys_anywhere(pdf) | set(pdf.Root.keys()))
        assert not pdf.is_encrypted and len(pdf.attachments) == 0


def test_the_same_input_gives_the_same_bytes_and_the_date_is_the_one_given() -> None:
    first = certificate_pdf(NB)
    certificate_pdf(EN)
    oslo_winter = timezone(timedelta(hours=1))
    assert certificate_pdf(replace(NB, dated=NB.dated.astimezone(oslo_winter))) == first
    assert certificate_pdf(replace(NB, dated=NB.dated + timedelta(seconds=1))) != first
    information = reader(NB).metadata
    assert information is not None and information.creation_date == NB.dated


def test_the_qr_code_on_the_page_is_the_one_for_the_address() -> None:
    code = segno.make(NB.verification_url, error=QR_ERROR_CORRECTION, micro=False)
    with opened(NB) as pdf:
        drawn, module_pt = drawn_qr(pdf)
    assert drawn == [list(row) for row in code.matrix_iter(border=QR_QUIET_ZONE_MODULES)]
    assert code.error in {"Q", "H"} and QR_QUIET_ZONE_MODULES >= 4
    assert module_pt >= SMALLEST_QR_MODULE_PT


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_text_is_shown_literally_wherever_it_stands(name: str) -> None:
    line = Line(label=name, value=name)
    assert ("/P", name) in heard(certificate_pdf(replace(NB, holder_name=name)))
    page = unbroken(read(replace(NB, holder_name=name, statement=(name,), details=(line, line))))
    assert page.count(unbroken(name)) == 1 + 1 + 4
    assert file_title(replace(NB, holder_name=name)) == f"{NB.title} – {name}"


def test_a_letter_the_font_lacks_becomes_a_square_and_the_page_says_so() -> None:
    page = read(replace(NB, holder_name="李明 Hansen 🎉"))
    assert f"{UNPRINTABLE}{UNPRINTABLE} Hansen {UNPRINTABLE}\n" in page
    assert NB.unprintable_note in page and NB.unprintable_note not in read(NB)
    assert unprintable("李明 Hansen 🎉") == ("李", "明", "🎉")
    assert unprintable(NB.holder_name) == ()


def test_the_title_of_the_file_keeps_letters_the_font_lacks() -> None:
    assert file_title(replace(NB, holder_name="李明 🎉")) == f"{NB.title} – 李明 🎉"


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("A\u030ase  Ber\u0301g\n\tLie", "Åse Beŕg Lie"),
        ("Kari\u202e dnuL\u200b", "Kari dnuL"),
        ("Z" + "\u0323" * 40 + "algo", "Ẓ\u0323\u0323algo"),
        ("Ola\x00 \ud800Nor\ufe0fmann", "Ola Normann"),
    ],
    ids=["decomposed and spaced", "turned around", "piled up", "broken"],
)
def test_invisible_characters_cannot_reorder_hide_or_pile_up(given_name: str, shown: str) -> None:
    assert file_title(replace(NB, holder_name=given_name)) == f"{NB.title} – {shown}"
    assert unprintable(given_name) == ()


def test_every_character_called_printable_can_be_printed() -> None:
    letters = [chr(code) for code in range(0x21, 0x3000) if chr(code).isprintable() and not unprintable(chr(code))]
    assert len(letters) > 1500
    for start in range(0, len(letters), 100):
        some = " ".join(f"a{letter}" for letter in letters[start : start + 100])
        certificate_pdf(replace(NB, holder_name=some, derivation=some))  # semibold and regular


@pytest.mark.parametrize(
    "changes",
    [
        {"holder_name": "Anne-Kristine Elisabeth Wolfeschlegelsteinhausenbergerdorff-Skjelderup von Løvenskiold " * 2},
        {"holder_name": "W" * 300},
        {"issued_by": Line(label="Utstedt av", value="Kompetanseutviklingssertifiseringsoppfølgingsenheten " * 4)},
        {"number": Line(label="N" * 60, value="9" * 60), "title": "T" * 80, "organisation": "O" * 80},
        {"derivation": "Fornyet i vinduet, og derfor gyldig fra dagen etter forrige periode. " * 12},
        {"verification_url": "https://laering.helseiarbeid.example.no/sertifikater/verify/" + "K" * 60},
    ],
    ids=["long name", "unbroken name", "long unit", "long words", "long derivation", "long address"],
)
def test_long_texts_stay_on_one_page_and_inside_its_margins(changes: dict[str, Any]) -> None:
    text = replace(NB, **changes)
    with opened(text) as pdf:
        assert len(pdf.pages) == 1
        for left, right, baseline in text_runs(pdf):
            assert left >= 60 and right <= TEXT_RIGHT_PT + 0.5
            assert 20 <= baseline <= A4_HEIGHT_PT - 20
    shown = unbroken(read(text))
    for value in changes.values():
        for wanted in [value.value] if isinstance(value, Line) else [value] if isinstance(value, str) else value:
            assert unbroken(wanted) in shown


@settings(deadline=None, max_examples=60)
@given(rest=st.text(max_size=300), derivation=st.text(max_size=300))
@example(rest="\u0301", derivation="\u200b")
@example(rest="\ud800\uffff", derivation="\ufdd0")
def test_no_text_whatsoever_stops_a_certificate(rest: str, derivation: str) -> None:
    assert len(reader(replace(NB, holder_name="A" + rest, derivation=derivation)).pages) == 1


NAME_PARTS = st.text(alphabet="aáåeéioøuyæčđŋšŧžÁÅØÆČĐŊŠŦŽGHKLMNPRSTVW'", min_size=1, max_size=40)


@settings(deadline=None, max_examples=25)
@given(
    name=st.lists(NAME_PARTS, min_size=1, max_size=12).map(" ".join),
    unit=st.lists(NAME_PARTS, min_size=1, max_size=12).map("-".join),
)
def test_long_and_sami_names_never_leave_the_page(name: str, unit: str) -> None:
    pdf = certificate_pdf(replace(NB, holder_name=name, issued_by=Line(label="Utstedt av", value=unit)))
    assert breaches(pdf) == []
    with reading_documents.opened(pdf) as opened_pdf:
        assert len(opened_pdf.pages) == 1
        for left, right, baseline in text_runs(opened_pdf):
            assert left >= 60 and right <= TEXT_RIGHT_PT + 0.5 and 20 <= baseline <= A4_HEIGHT_PT - 20
    assert unbroken(name) in unbroken("".join(text for _role, text in heard(pdf)))


def test_threads_of_one_web_node_can_issue_at_once() -> None:
    expected, seen = certificate_pdf(NB), list[bytes]()
    threads = [threading.Thread(target=lambda: seen.append(certificate_pdf(NB))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 8


@pytest.mark.parametrize("changes", [{"dated": datetime(2026, 11, 22)}, {"holder_name": " \u200b"}, {"title": ""}])
def test_a_certificate_without_a_name_a_title_or_a_certain_date_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        replace(NB, **changes)
