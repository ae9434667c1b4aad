"""Files beside the pictures: films with captions, and things to take along. Whether one may be served, and as what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from courses.catalogue import PICTURE_TYPES, Figure
from courses.pictures import NAME
from lms.content import Problem, Report

MIB = 1024 * 1024
VIDEO_HOSTS = ("www.youtube-nocookie.com", "player.vimeo.com")
"""Where a film may be fetched from, when the reader has said yes to it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, how many bytes it may have, and whether bytes are of the kind."""

    media_type: str
    max_bytes: int
    fits: Callable[[bytes], bool]


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


_office = _begins(b"PK\x03\x04")
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
VIDEOS: Mapping[str, Kind] = MappingProxyType(
    {
        "mp4": Kind("video/mp4", 48 * MIB, lambda content: content[4:8] == b"ftyp"),
        "webm": Kind("video/webm", 48 * MIB, _begins(b"\x1a\x45\xdf\xa3")),
    }
)
CAPTIONS: Mapping[str, Kind] = MappingProxyType(
    {
        "vtt": Kind(
            "text/vtt", MIB, lambda content: _is_text(content) and content.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT")
        )
    }
)
ATTACHMENTS: Mapping[str, Kind] = MappingProxyType(
    {
        "pdf": Kind("application/pdf", 8 * MIB, _begins(b"%PDF-")),
        "docx": Kind(f"{_OPEN_XML}.wordprocessingml.document", 8 * MIB, _office),
        "pptx": Kind(f"{_OPEN_XML}.presentationml.presentation", 8 * MIB, _office),
        "xlsx": Kind(f"{_OPEN_XML}.spreadsheetml.sheet", 8 * MIB, _office),
        "odt": Kind(f"{_OPEN_DOCUMENT}.text", 8 * MIB, _office),
        "odp": Kind(f"{_OPEN_DOCUMENT}.presentation", 8 * MIB, _office),
        "ods": Kind(f"{_OPEN_DOCUMENT}.spreadsheet", 8 * MIB, _office),
        "csv": Kind("text/csv", MIB, _is_text),
        "txt": Kind("text/plain", MIB, _is_text),
        "ics": Kind("text/calendar", MIB, _is_text),
    }
)
MEDIA: Mapping[str, Kind] = MappingProxyType({**VIDEOS, **CAPTIONS, **ATTACHMENTS})
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {**PICTURE_TYPES, **{name: kind.media_type for name, kind in MEDIA.items()}}
)
"""Everything that is served as it is, by the ending of the file name."""
MAX_FILE_BYTES = max(kind.max_bytes for kind in MEDIA.values())


def ending(name: str) -> str:
    """What stands after the last full stop, in small letters."""
    return name.rpartition(".")[2].lower()


def parse_file(path: str, content: bytes) -> Report[Figure]:
    """The film, captions or attachment at a path, or what is wrong with it."""
    name = path.rpartition("/")[2]
    kind = MEDIA.get(ending(name))
    complaint = ""
    if kind is None or NAME.fullmatch(name) is None:
        complaint = f"filnavnet kan ikke brukes: små bokstaver, tall og bindestrek, og en av {', '.join(MEDIA)}"
    elif len(content) > kind.max_bytes:
        complaint = f"filen er over {kind.max_bytes // MIB} MiB: gjør den mindre, eller del den"
    elif not kind.fits(content):
        complaint = f"innholdet er ikke {ending(name)}: lagre filen på nytt i rett format"
    if complaint or kind is None:
        return Report(problems=(Problem(path, 1, complaint),))
    return Report(items=(Figure(name=name, media_type=kind.media_type, content=content),))


def video_complaint(source: str, captions: str, names: Mapping[str, object]) -> str | None:
    """What is wrong with where a film and its captions are to be found, if anything; `names` are the files at hand."""
    if "://" in source:
        if source.startswith(tuple(f"https://{host}/" for host in VIDEO_HOSTS)):
            return None
        return (
            f"filmen kan bare hentes fra https:// og {' eller '.join(VIDEO_HOSTS)}: legg den i mappen, eller flytt den"
        )
    if source not in names or ending(source) not in VIDEOS:
        return f"filmen «{source}» finnes ikke: legg en fil av typen {' eller '.join(VIDEOS)} i mappen"
    if captions not in names or ending(captions) not in CAPTIONS:
        return "filmen mangler teksting: skriv [teksting](film.vtt) etter filmen, og legg filen i mappen"
    return None
