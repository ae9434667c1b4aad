"""Lists as CSV that opens right in a Norwegian spreadsheet and starts nothing there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

DELIMITER = ";"
ENCODING = "utf-8-sig"  # the mark that tells Excel it is UTF-8
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


def csv_file(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV: `;` between cells, days as 2026-11-22, nothing that a spreadsheet would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerow([cell(value) for value in heading])
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode(ENCODING)


def cell(value: object) -> str:
    """One value as text; what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
    if text.lstrip(" ").startswith(STARTS_A_FORMULA) and not PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text
