"""Course folders on disk: plain files by relative path, and nothing from anywhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from courses.files import FolderError, read_folder
from courses.media import MAX_FILE_BYTES


def test_a_folder_is_read_by_relative_path_without_dot_files(tmp_path: Path) -> None:
    course = {"04-rygg/01-skive.md": b"Skiven", "04-rygg/module.md": b"\xff", "course.md": b""}
    for name, content in {**course, ".git/config": b"x", "04-rygg/.DS_Store": b"x"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert read_folder(tmp_path) == course
    assert list(read_folder(tmp_path)) == sorted(course)


def test_of_a_file_over_the_limit_just_enough_is_read_to_see_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "stor.svg").write_bytes(b"a" * (MAX_FILE_BYTES + 10))
    assert len(read_folder(tmp_path)["stor.svg"]) == MAX_FILE_BYTES + 1


@pytest.mark.parametrize("target", ["/etc/passwd", "/etc", "ekte.md", "."])
def test_links_are_refused_wherever_they_lead(tmp_path: Path, target: str) -> None:
    (tmp_path / "ekte.md").write_text("x")
    (tmp_path / "lenke").symlink_to(target)
    with pytest.raises(FolderError, match="lenke til et annet sted"):
        read_folder(tmp_path)


def test_what_is_no_plain_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rør")
    with pytest.raises(FolderError, match="ikke en vanlig fil"):
        read_folder(tmp_path)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "borte", Path(__file__)):
        with pytest.raises(FolderError, match="ikke en mappe"):
            read_folder(path)
