"""The own plan from part 1 to part 2: its headings, and what may be handed in (l. 1498-1523)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from lms.verdict import No, Reason, because

TEXT_LENGTH_MAX = 5_000
LINK_LENGTH_MAX = 2_000
FILE_KINDS = ("pdf", "pptx")


class Heading(StrEnum):
    """What a plan says something about, in order."""

    PRACTISE = "practise"
    VISITS = "visits"
    TOPIC = "topic"
    LINK = "link"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as it stands; `upload_id` is the presentation where a file was handed in."""

    practise: str = ""
    visits: str = ""
    topic: str = ""
    link: str = ""
    feedback: str = ""
    upload_id: int | None = None

    def text_of(self, heading: Heading) -> str:
        """What stands under a heading."""
        return str(getattr(self, heading.value))


def handing_in_problems(plan: Plan) -> No | None:
    """Everything that keeps a plan from being handed in, or None. The presentation may come later."""
    found: list[Reason] = []
    if not plan.practise.strip():
        found.append(because("plan-without-practise"))
    if not plan.topic.strip():
        found.append(because("plan-without-topic"))
    if plan.link and not is_web_address(plan.link):
        found.append(because("plan-link"))
    return No(tuple(found)) if found else None


def is_web_address(text: str) -> bool:
    """Whether this is an https address that can be followed: nothing that runs or hides where it goes."""
    try:
        parts = urlsplit(text.strip())
        return (
            parts.scheme == "https"
            and bool(parts.hostname)
            and "." in (parts.hostname or "")
            and parts.username is None
            and text.isprintable()
            and " " not in text.strip()
        )
    except ValueError:
        return False


def file_problem(name: str) -> No | None:
    """A presentation is a PDF or a PowerPoint file."""
    if name.rpartition(".")[2].lower() in FILE_KINDS:
        return None
    return No((because("upload-kind", kinds=", ".join(FILE_KINDS)),))
