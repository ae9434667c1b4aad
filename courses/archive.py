"""A course's files as one zip: the same files give the same bytes, and a hostile zip is refused before it unpacks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO

from courses.media import MAX_FILE_BYTES

MAX_FILES = 2000
MAX_TOTAL_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
"""A large file that grows more than this many times when unpacked is no film and no picture."""
LARGE_BYTES = 1024 * 1024

EPOCH = (1980, 1, 1, 0, 0, 0)
NAME = re.compile(r"(?:[a-z0-9-]{1,100}/)?[a-z0-9._-]{1,100}", re.IGNORECASE)
NOWHERE = ("", ".", "..")
"""What leads out of a folder, or out of where the zip is unpacked."""


class ArchiveError(ValueError):
    """The zip cannot be read as a course; the message says why and what to do, in Norwegian."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files by relative path as a zip, byte for byte the same for the same files."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), files[name], zipfile.ZIP_DEFLATED, 6)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of a zip by relative path, in order; a single folder around them all is taken off.

    Raises ArchiveError for what is no zip, is encrypted, points out of itself, holds a name no course has, or
    would be too large: nothing is unpacked to disk, and no more than the limits is ever unpacked at all.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_litter(entry.filename)]
            _check(entries)
            files = {entry.filename: _read(archive, entry) for entry in entries}
    except ArchiveError:
        raise
    except Exception as error:  # hostile bytes find many ways to fail in zipfile and zlib; an author needs one answer
        raise ArchiveError(f"filen kan ikke leses som zip ({error}): pakk kurset på nytt") from error
    around = {name.partition("/")[0] for name in files}
    if len(around) == 1 and not around & set(NOWHERE) and all("/" in name for name in files):
        files = {name.partition("/")[2]: body for name, body in files.items()}
    for name in files:
        if NAME.fullmatch(name) is None or ".." in name:
            raise ArchiveError(f"filen «{name[:80]}» kan ikke brukes: et kurs har bare filer i én mappe under kursets")
    if both := {name.partition("/")[0] for name in files if "/" in name} & files.keys():
        raise ArchiveError(f"«{min(both)}» er både fil og mappe: gi filen et annet navn")
    return dict(sorted(files.items()))


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise ArchiveError("zip-filen er for stor til å være et kurs: ta ut det som ikke hører til")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise ArchiveError("zip-filen har den samme filen to ganger: pakk kurset på nytt")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise ArchiveError("zip-filen har passord: pakk kurset på nytt uten")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveError("zip-filen er pakket på en uvanlig måte: pakk kurset på nytt som vanlig zip")
        grown = entry.file_size > LARGE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        if entry.file_size > MAX_FILE_BYTES or grown:
            raise ArchiveError(f"filen «{entry.filename[:80]}» er for stor: gjør den mindre")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry's bytes: never more than it says it has, whatever is in it."""
    with archive.open(entry) as source:
        body = source.read(entry.file_size + 1)
    if len(body) != entry.file_size:
        raise ArchiveError(f"filen «{entry.filename[:80]}» er ikke så stor som den sier: pakk kurset på nytt")
    return body


def _is_litter(name: str) -> bool:
    """What computers leave in folders on their own: passed over like in a folder on disk."""
    parts = [part for part in name.split("/") if part not in NOWHERE]
    return "\\" not in name and any(part.startswith(".") or part == "__MACOSX" for part in parts)
