"""The only place that reads course folders from disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from courses.archive import MAX_FILES, MAX_TOTAL_BYTES
from courses.media import MAX_FILE_BYTES


class FolderError(ValueError):
    """The folder cannot be read as a course; the message says why and what to do, in Norwegian."""


def read_folder(path: Path) -> dict[str, bytes]:
    """The files below a folder, by relative path with `/`, in order. Names that begin with a dot are passed over.

    Of a file over `MAX_FILE_BYTES` one byte more than that is read, so that whoever judges it can see it is too
    long. Raises FolderError for what is no folder, holds links or devices, or is over the limits.
    """
    if not path.is_dir():
        raise FolderError(f"{path}: finnes ikke, eller er ikke en mappe")
    files: dict[str, bytes] = {}
    total_bytes = 0
    for place, folders, names in os.walk(path, onerror=_stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            _refuse_link(Path(place, name))
        for name in sorted(name for name in names if not name.startswith(".")):
            file = Path(place, name)
            files[file.relative_to(path).as_posix()] = content = _content(file)
            total_bytes += len(content)
            if len(files) > MAX_FILES or total_bytes > MAX_TOTAL_BYTES:
                raise FolderError(f"{path}: mappen er for stor til å være et kurs: flytt ut det som ikke hører til")
    return dict(sorted(files.items()))


def _stop(error: OSError) -> None:
    raise FolderError(f"{error.filename}: kan ikke leses ({error.strerror})") from error


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise FolderError(f"{path}: er en lenke til et annet sted: legg selve filen i mappen")


def _content(file: Path) -> bytes:
    """A plain file's first bytes; the check and the reading are of the same open file."""
    _refuse_link(file)
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise FolderError(f"{file}: kan ikke leses ({error.strerror})") from error
    with os.fdopen(handle, "rb") as source:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise FolderError(f"{file}: er ikke en vanlig fil: fjern den")
        return source.read(MAX_FILE_BYTES + 1)
