"""The error tree as one list: each kind by its code, and the HTTP status of each (RFC 9110).

Everything that carries an error over a wire looks here, so that one new to the tree is new to all of it at once.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from fleet import errors
from fleet.errors import FleetError


def _tree(root: type[FleetError]) -> Iterator[type[FleetError]]:
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
            yield from _tree(kind)


KIND_OF: Mapping[str, type[FleetError]] = MappingProxyType({kind.code: kind for kind in _tree(FleetError)})
"""The class of a code."""

STATUS_OF: Mapping[str, int] = MappingProxyType(
    {
        errors.UnauthenticatedError.code: 401,
        errors.ForbiddenError.code: 403,
        errors.NotFoundError.code: 404,
        errors.ConflictError.code: 409,
        errors.RefusedError.code: 409,
        errors.TooLargeError.code: 413,
        errors.BadInputError.code: 422,
        errors.InvalidValueError.code: 422,
        errors.TooManyError.code: 429,
        errors.UnavailableError.code: 503,
        errors.ExpiredError.code: 504,
        errors.UnconfirmedError.code: 504,
    }
)
"""The HTTP status of a code."""


def status_of(error: FleetError) -> int:
    """Return the HTTP status of an error: that of the nearest kind it is, 500 for one of no kind."""
    kinds = (kind for kind in type(error).__mro__ if issubclass(kind, FleetError))
    return next((STATUS_OF[kind.code] for kind in kinds if kind.code in STATUS_OF), 500)
