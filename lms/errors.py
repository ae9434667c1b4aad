"""The error tree: what may go wrong in front of a person, with its HTTP status. Nothing else is raised on purpose."""

from __future__ import annotations

from lms.verdict import No, Reason


class LmsError(Exception):
    """Base of every error that speaks to a person. `code` names it, `status` is the HTTP status."""

    code = "error"
    status = 500

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(", ".join(reason.code for reason in reasons) or self.code)
        self.reasons = reasons


class NotFound(LmsError):
    """There is no such thing, or none that this person may know of. Raised by `access` rooms only."""

    code = "not-found"
    status = 404


class Forbidden(LmsError):
    """The person knows of the thing but may not do this. Raised by `access` rooms only."""

    code = "forbidden"
    status = 403


class Refused(LmsError):
    """A rule says no; nothing was changed. Raised by services with the rule's reasons."""

    code = "refused"
    status = 409

    @classmethod
    def by(cls, no: No) -> Refused:
        """The error for a rule's `No`."""
        return cls(*no.reasons)


def hold(problem: No | None) -> None:
    """Go on when a rule found no problem; Refused with its reasons otherwise."""
    if problem is not None:
        raise Refused.by(problem)


class SignInRequired(LmsError):
    """Only for those signed in, on a page that is otherwise open. Raised by `access` rooms only."""

    code = "signed-out"
    status = 401


class Gone(LmsError):
    """A link that has been used, or whose time has run out."""

    code = "gone"
    status = 410


class Throttled(LmsError):
    """Too many tries; `retry_after_seconds` says when the next one is welcome."""

    code = "throttled"
    status = 429

    def __init__(self, retry_after_seconds: int, *reasons: Reason) -> None:
        super().__init__(*reasons)
        self.retry_after_seconds = retry_after_seconds
