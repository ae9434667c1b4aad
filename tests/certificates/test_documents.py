"""The certificate as others receive it, read with pikepdf and pypdf, which share nothing with typst."""

from __future__ import annotations

import io
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
import segno
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certificates.documents import (
    QR_ERROR_CORRECTION,
    QR_QUIET_ZONE_MODULES,
    UNPRINTABLE,
    CertificateText,
    Line,
    certificate_pdf,
    unprintable,
)

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
COURSE = replace(
    NB,
    title="Kursbevis",
    holder_name="Kari Nordmann",
    statement=("har gjennomført emnekurset for fastleger og NAV-veiledere.",),
    valid_from=Line(label="Fullført", value="14.03.2027"),
    valid_through=None,
    details=(Line(label="HPR-nummer", value="1234567"), Line(label="Kurstimer", value="6,5")),
    points_heading="Læringsmål",
    points=("Kan gjøre rede for gradert sykmelding", "#set page(width: 1cm)"),
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


def reader(text: CertificateText) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(certificate_pdf(text)))


def read(text: CertificateText) -> str:
    """What a reader hears, in the order of the file."""
    return reader(text).pages[0].extract_text()


def file_title(text: CertificateText) -> str:
    information = reader(text).metadata
    assert information is not None
    return str(information.title)


def unbroken(text: str) -> str:
    """Without what depends on where lines break: spaces, hyphens, breaks inside a too long word."""
    return re.sub("[\\s\u00ad\u200b\u2010-]", "", text)


def opened(text: CertificateText) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(certificate_pdf(text)))


def tags(element: Any) -> Iterator[pikepdf.Dictionary]:
    if isinstance(element, pikepdf.Array):
        for child in element:
            yield from tags(child)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield element
        if "/K" in element:
            yield from tags(element.K)


def keys_anywhere(pdf: pikepdf.Pdf) -> set[str]:
    return {key for item in pdf.objects if isinstance(item, pikepdf.Dictionary | pikepdf.Stream) for key in item.keys()}  # noqa: SIM118


def instructions(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    for step in pikepdf.parse_content_stream(pdf.pages[0]):
        yield str(step.operator), step.operands


def text_runs(pdf: pikepdf.Pdf) -> Iterator[tuple[float, float, float]]:
    """(left, right, baseline) of every run of text, in points, from the widths in the embedded fonts."""
    fonts, at, widths, size = pdf.pages[0].Resources.Font, (0.0, 0.0), dict[int, float](), 0.0
    for operator, operands in instructions(pdf):
        match operator:
            case "cm":
                at = (float(operands[4]), float(operands[5]))
            case "Tf":
                widths, size = glyph_widths(fonts[str(operands[0])]), float(operands[1])
            case "TJ" | "Tj":
                run = operands[0] if isinstance(operands[0], pikepdf.Array) else [operands[0]]
                total = 0.0
                for part in run:
                    if isinstance(part, pikepdf.String):
                        codes = bytes(part)
                        total += sum(widths[int.from_bytes(codes[i : i + 2])] for i in range(0, len(codes), 2))
                    else:
                        total -= float(part)
                yield at[0], at[0] + total / 1000 * size, at[1]


def glyph_widths(font: pikepdf.Object) -> dict[int, float]:
    widths: dict[int, float] = {}
    items = list(font.DescendantFonts[0].W)
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, pikepdf.Array):
            widths |= {first + offset: float(width) for offset, width in enumerate(second)}
        else:
            widths |= dict.fromkeys(range(first, int(second) + 1), float(items.pop(0)))
    return widths


def drawn_qr(pdf: pikepdf.Pdf) -> tuple[list[list[int]], float]:
    """The modules as drawn inside the figure (with quiet zone), and the width of one in points."""
    inside, dark, side, scale = False, set[tuple[int, int]](), 0, 0.0
    start = (0.0, 0.0)
    for operator, operands in instructions(pdf):
        match operator:
            case "BDC":
                inside = "/Alt" in operands[1]
            case "EMC":
                inside = False
            case "cm" if inside:
                scale = float(operands[0])
            case "m" if inside and scale:
                start = (float(operands[0]), float(operands[1]))
            case "l" if inside and scale and start[1] % 1 == 0.5:
                dark |= {(int(start[1]), column) for column in range(int(start[0]), int(operands[0]))}
            case "l" if inside and scale:
                side = max(side, int(operands[0]))
    return [[int((row, column) in dark) for column in range(side)] for row in range(side)], scale


@pytest.mark.parametrize(
    ("text", "name"),
    [(NB, "certificate-nb"), (NN, "certificate-nn"), (EN, "certificate-en"), (COURSE, "course-certificate-nb")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_holder_receives_reads_as_agreed(text: CertificateText, name: str) -> None:
    """Set LMS_UPDATE_SNAPSHOTS=1 to accept a changed text."""
    snapshot, actual = SNAPSHOTS / f"{name}.txt", read(text).strip() + "\n"
    if os.environ.get("LMS_UPDATE_SNAPSHOTS") == "1":
        snapshot.write_text(actual, encoding="utf-8")
    assert actual == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [NB, NN, EN, COURSE], ids=lambda text: f"{text.locale}-{text.title}")
def test_the_file_claims_pdf_ua_1_and_pdf_a_2a_and_keeps_what_it_claims(text: CertificateText) -> None:
    with opened(text) as pdf:
        with pdf.open_metadata() as xmp:
            claims = {key: xmp[key] for key in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")}
            assert xmp["dc:title"] == f"{text.title} – {text.holder_name}"
        assert claims == {"pdfuaid:part": "1", "pdfaid:part": "2", "pdfaid:conformance": "A"}
        assert str(pdf.Root.Lang) == text.locale
        assert bool(pdf.Root.MarkInfo.Marked) and bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert len(pdf.pages) == 1 and pdf.pages[0].Tabs == "/S"
        assert [round(float(edge), 1) for edge in pdf.pages[0].MediaBox] == [0, 0, 595.3, 841.9]
        for font in pdf.pages[0].Resources.Font.values():
            descendant = font.DescendantFonts[0]
            assert "Libertinus" in str(font.BaseFont) and "/ToUnicode" in font
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())


def test_headings_come_first_and_the_qr_code_has_a_text_alternative() -> None:
    with opened(NB) as pdf:
        found = list(tags(pdf.Root.StructTreeRoot.K))
        kinds = [str(tag.S) for tag in found]
        assert [kind for kind in kinds if kind.startswith("/H")] == ["/H1", "/H2"]
        assert [str(tag.Alt) for tag in found if tag.S == "/Figure"] == [NB.verification_alt]


def test_learning_objectives_are_a_real_list() -> None:
    with opened(COURSE) as pdf:
        kinds = [str(tag.S) for tag in tags(pdf.Root.StructTreeRoot.K)]
        assert kinds.count("/L") == 1 and kinds.count("/LI") == len(COURSE.points)


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
    assert name in read(replace(NB, holder_name=name)).splitlines()
    page = unbroken(read(replace(NB, holder_name=name, statement=(name,), details=(line, line), points=(name,))))
    assert page.count(unbroken(name)) == 1 + 1 + 4 + 1
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
        {"points": tuple(f"Kan forklare mål {n} for kollegaer på arbeidsplassen" for n in range(25))},
        {"verification_url": "https://laering.helseiarbeid.example.no/sertifikater/verify/" + "K" * 60},
    ],
    ids=["long name", "unbroken name", "long unit", "long words", "long derivation", "many points", "long address"],
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
