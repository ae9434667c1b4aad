"""A course as one zip: the same bytes for the same files, back as it was, and nothing hostile gets through."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import archive
from courses.archive import ArchiveError, pack, unpack
from tests.courses import factories, rich

NAMES = st.from_regex(r"(?:[0-9]{2}-[a-z]{1,8}/)?[a-z0-9-]{1,12}\.(?:md|svg|pdf)", fullmatch=True)
FILES = st.dictionaries(NAMES, st.binary(max_size=400), max_size=12)


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, body in entries:
            made.writestr(name, body)
    return buffer.getvalue()


@given(FILES)
def test_what_is_packed_comes_back_and_packs_to_the_same_bytes(files: dict[str, bytes]) -> None:
    if len({name.partition("/")[0] for name in files}) == 1 and all("/" in name for name in files):
        files = {**files, "course.md": b""}  # one folder around everything is taken off: a course has more
    content = pack(files)
    assert unpack(content) == dict(sorted(files.items()))
    assert pack(dict(reversed(files.items()))) == content == pack(unpack(content))


def test_a_whole_course_comes_back_byte_for_byte_and_can_be_read_by_others() -> None:
    files = rich.files(nynorsk=True)
    content = pack(files)
    assert unpack(content) == dict(sorted(files.items()))
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert made.testzip() is None
        assert all((entry.external_attr >> 16) & stat.S_IRUSR for entry in made.infolist())
        assert {entry.date_time for entry in made.infolist()} == {archive.EPOCH}


def test_a_large_text_of_nothing_but_blanks_that_could_be_published_can_be_imported() -> None:
    files = {"course.md": b"x", "01-a/liste.csv": b";;;;;;;;\n" * 100_000}
    assert unpack(pack(files)) == dict(sorted(files.items()))


def test_a_folder_around_the_course_and_what_computers_leave_behind_are_passed_over() -> None:
    inside = zipped(
        ("Mitt kurs (1)/course.md", b"a"),
        ("Mitt kurs (1)/01-b/module.md", b"b"),
        ("Mitt kurs (1)/.DS_Store", b"x"),
        ("__MACOSX/Mitt kurs (1)/._course.md", b"x"),
        ("Mitt kurs (1)/.git/config", b"x"),
    )
    assert unpack(inside) == {"01-b/module.md": b"b", "course.md": b"a"}


@pytest.mark.parametrize(
    "name",
    [
        "../course.md",
        "../../etc/passwd",
        "01-a/../../course.md",
        "./../course.md",
        "/etc/passwd",
        "//server/share.md",
        "C:/course.md",
        "..\\course.md",
        "01-a\\module.md",
        "01-a/..",
        "01-a/b..md",
        "a/b/c/d.md",
        "kurs/01-a/dypere/x.md",
        "01-a/æøå.md",
        "01-a/x y.md",
        "01-a/\u202egpj.exe",
        "01-a/" + "x" * 300 + ".md",
        "x" * 300 + "/a.md",
        " .md",
        "01-a/x\n.md",
    ],
)
def test_a_name_that_no_course_has_is_refused_whatever_stands_beside_it(name: str) -> None:
    with pytest.raises(ArchiveError):
        unpack(zipped(("course.md", b"x"), ("01-b/module.md", b"x"), (name, b"innhold")))


def test_every_name_that_comes_through_stays_below_where_it_is_unpacked() -> None:
    for name in ("/course.md", "../course.md", "/a/b.md"):
        try:
            assert not unpack(zipped((name, b"x")))
        except ArchiveError:
            continue


def test_the_same_file_twice_is_refused(recwarn: pytest.WarningsRecorder) -> None:
    content = zipped(("course.md", b"a"), ("cours2.md", b"b")).replace(b"cours2.md", b"course.md")
    with pytest.raises(ArchiveError, match="to ganger"):
        unpack(content)


def test_a_name_that_is_both_file_and_folder_is_refused() -> None:
    with pytest.raises(ArchiveError, match="både fil og mappe"):
        unpack(zipped(("course.md", b"a"), ("01-a", b"a"), ("01-a/module.md", b"b")))


def test_a_link_is_never_followed_but_is_the_text_it_holds() -> None:
    link = zipfile.ZipInfo("01-a/lenke.md")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert unpack(zipped(("course.md", b"x"), (link, b"/etc/passwd")))["01-a/lenke.md"] == b"/etc/passwd"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_way_of_packing_is_refused_before_it_is_unpacked(method: int) -> None:
    with pytest.raises(ArchiveError, match="uvanlig"):
        unpack(zipped(("course.md", b"x" * 1000), method=method))


def with_field(content: bytes, local: tuple[int, bytes], central: tuple[int, bytes]) -> bytes:
    """A zip of one file with bytes put into its local header and into its entry in the directory."""
    changed = bytearray(content)
    for (offset, value), signature in ((local, b"PK\x03\x04"), (central, b"PK\x01\x02")):
        at = content.index(signature) + offset
        changed[at : at + len(value)] = value
    return bytes(changed)


def size_said(content: bytes, size: int) -> bytes:
    return with_field(content, (22, struct.pack("<L", size)), (24, struct.pack("<L", size)))


ONE = zipped(("course.md", b"Et kurs med noen ord. " * 30))
BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no zip": b"---\nid: kurs\n---\n",
    "half": ONE[: len(ONE) // 2],
    "no end": ONE[:-4],
    "password": with_field(ONE, (6, b"\x01\x00"), (8, b"\x01\x00")),
    "strong encryption": with_field(ONE, (6, b"\x41\x00"), (8, b"\x41\x00")),
    "wrong checksum": with_field(ONE, (14, b"\0\0\0\0"), (16, b"\0\0\0\0")),
    "unknown method": with_field(ONE, (8, b"\x63\x00"), (10, b"\x63\x00")),
    "says it is smaller": size_said(ONE, 10),
    "says it is larger": size_said(ONE, 5000),
    "says it is enormous": size_said(ONE, 0xFFFFFFF0),
    "name is no utf-8": with_field(ONE, (6, b"\x00\x08"), (8, b"\x00\x08")).replace(b"course.md", b"c\xffurse.md"),
    "broken stream": ONE[:45] + b"\xff" * 12 + ONE[57:],
    "rar": b"Rar!\x1a\x07\x00" + b"\0" * 100,
    "gzip": b"\x1f\x8b\x08" + b"\0" * 100,
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_or_dishonest_zip_is_refused_with_a_word_on_what_to_do(what: str) -> None:
    with pytest.raises(ArchiveError) as refusal:
        unpack(BROKEN[what])
    assert ":" in str(refusal.value)


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: zipped(("course.md", b"\0" * (10 * 1024 * 1024))),
        lambda: zipped(*((f"01-a/{n}.md", b"") for n in range(archive.MAX_FILES + 1))),
        lambda: zipped(*((f"01-a/{n}.csv", b"\0" * (3 * 1024 * 1024)) for n in range(90))),
        lambda: zipped(("01-a/film.mp4", b"\0" * (49 * 1024 * 1024)), method=zipfile.ZIP_STORED),
        lambda: zipped(("course.md", zipped(("course.md", b"\0" * (50 * 1024 * 1024))) * 1), ("a/b/c.zip", b"")),
    ],
    ids=["one file", "many files", "many large", "stored", "zip in zip, too deep"],
)
def test_a_bomb_is_refused(bomb: Callable[[], bytes]) -> None:
    with pytest.raises(ArchiveError):
        unpack(bomb())


def test_a_bomb_whose_files_share_their_bytes_is_refused_by_what_it_says_it_unpacks_to() -> None:
    """Many entries that point at one and the same stream: small, and enormous when unpacked."""
    body = b"\0" * (1024 * 1024)
    single = zipped(("01-a/0.csv", body))
    at, end = single.index(b"PK\x01\x02"), single.index(b"PK\x05\x06")
    entry, count = single[at:end], 300
    directory = entry * count
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
    with pytest.raises(ArchiveError):
        unpack(single[:at] + directory + tail)


@given(st.binary(max_size=600))
def test_any_bytes_are_files_or_one_kind_of_error(content: bytes) -> None:
    for candidate in (content, b"PK\x03\x04" + content, content + ONE):
        try:
            unpack(candidate)
        except ArchiveError:
            continue


WHOLE = pack(factories.files())


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_course_is_files_or_one_kind_of_error(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(WHOLE)
    for at, value in changes:
        damaged[at] = value
    try:
        files = unpack(bytes(damaged))
    except ArchiveError:
        return
    assert all(not name.startswith("/") and ".." not in name and name.count("/") <= 1 for name in files)


@given(st.integers(0, len(ONE) - 1), st.integers(0, 255))
def test_a_zip_with_one_byte_changed_is_files_or_one_kind_of_error(at: int, value: int) -> None:
    changed = bytearray(ONE)
    changed[at] = value
    try:
        unpack(bytes(changed))
    except ArchiveError:
        return
