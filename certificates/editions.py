"""When a certificate gets its next edition, and when not; pure (DOMAIN.md 5).

An edition says who the holder is and where they belonged. A change of name re-issues the document: same number, next
edition. So does an error in what it says of the holder. The dates and the number of an issued certificate are never
edited: one that was issued in error is revoked, with the reason, and one that was imported with wrong dates is revoked
from its first day, so that it never spoke for anybody, and imported anew as the next cycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lms.verdict import No, because


class EditionKind(StrEnum):
    """Why there is a next edition: the holder has another name now, or what it said was wrong when it was issued."""

    REISSUED = "reissued"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What an edition says of its holder."""

    name: str
    unit_id: int
    sector: str


def refusal(
    stands: Holder, wanted: Holder, kind: EditionKind, *, edition: int, based_on: int, revoked: bool, anonymised: bool
) -> No | None:
    """Why the next edition isn't made, or None when it is. `edition` is the newest one, `based_on` the one that was on
    the screen."""
    if anonymised:
        return No((because("edition-anonymised"),))
    if revoked:
        return No((because("edition-revoked"),))
    if edition != based_on:
        return No((because("edition-overtaken", edition=edition),))
    if wanted == stands:
        return No((because("edition-same"),))
    if kind is EditionKind.REISSUED and (wanted.unit_id, wanted.sector) != (stands.unit_id, stands.sector):
        return No((because("edition-name-only"),))
    return None


def is_repeated(stands: Holder, wanted: Holder, *, edition: int, based_on: int) -> bool:
    """Whether this is the second click: the edition asked for is the newest one already."""
    return wanted == stands and edition == based_on + 1
