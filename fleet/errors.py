"""The error tree. Callers branch on the type; people read `what` and `cure`.

FleetError
 ├── InvalidValueError       a value breaks a rule of its type
 ├── NotFoundError           there is no such thing
 ├── ConflictError           it is there, but not in a state that allows this
 ├── RefusedError            a rule of the platform or the autopilot forbids it
 ├── ForbiddenError          this person or device may not do it
 ├── UnauthenticatedError    nobody is signed in
 ├── TooLargeError           more than is accepted
 ├── TooManyError            too often in too short a time
 ├── UnavailableError        a part outside (aircraft, broker, database, disk) does not answer
 │    ├── ExpiredError       no answer within the deadline
 │    └── UnconfirmedError   the answer was lost: it may have been done
 └── BadInputError           a file or a setting cannot be used
"""

from fleet.text import Text


class FleetError(Exception):
    """Root of every error a caller may expect.

    `code` is a stable kebab-case name, `what` says what happened and where, `cure` what to do next.
    """

    code = "error"

    def __init__(self, what: Text, cure: Text | None = None, **data: object) -> None:
        super().__init__(what.en)
        self.what = what
        self.cure = cure
        self.data = data

    def __reduce__(self) -> tuple[object, ...]:
        """Cross a process border whole; an exception is otherwise made anew from its English words alone."""
        return _made_anew, (type(self), self.what, self.cure, self.data)

    def __str__(self) -> str:
        """Return both languages, Japanese first, with the cure."""
        text = f"{self.what.ja} / {self.what.en}"
        if self.cure is not None:
            text += f" → {self.cure.ja} / {self.cure.en}"
        return text


def _made_anew(kind: type[FleetError], what: Text, cure: Text | None, data: dict[str, object]) -> FleetError:
    return kind(what, cure, **data)


class InvalidValueError(FleetError):
    """A value breaks a rule of its type."""

    code = "invalid-value"


class NotFoundError(FleetError):
    """There is no such thing."""

    code = "not-found"


class ConflictError(FleetError):
    """The thing is there, but not in a state that allows this."""

    code = "conflict"


class RefusedError(FleetError):
    """A rule of the platform or of the autopilot forbids it."""

    code = "refused"


class ForbiddenError(FleetError):
    """This person or device may not do it."""

    code = "forbidden"


class UnauthenticatedError(FleetError):
    """Nobody is signed in."""

    code = "unauthenticated"


class TooLargeError(FleetError):
    """More was sent than is accepted."""

    code = "too-large"


class TooManyError(FleetError):
    """It was asked too often in too short a time."""

    code = "too-many"


class UnavailableError(FleetError):
    """A part outside (aircraft, broker, database, disk) does not answer."""

    code = "unavailable"


class ExpiredError(UnavailableError):
    """No answer came within the deadline."""

    code = "expired"


class UnconfirmedError(UnavailableError):
    """The answer was lost: what was asked may have been done, and must be looked for, not done again."""

    code = "unconfirmed"


class BadInputError(FleetError):
    """A file or a setting cannot be used."""

    code = "bad-input"
