"""How many files and connections this process may have open, and how they are shared out.

The kernel's limit is one number for everything: connections of strangers must never use up what databases, aircraft
links, log files and the broker need.
"""

import contextlib
import resource

from fleet.places import PlaceLimits

_RAISED_MOST = 65_536
_KEPT = 256
"""For files, databases, aircraft links, child processes; never for who comes from outside."""
_WEB_MOST = 4096
_BROKER_MOST = 1024


def raise_descriptor_limit() -> int:
    """Raise this process's limit to what it is allowed, 65,536 at most, for children too; return the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _RAISED_MOST if hard == resource.RLIM_INFINITY else min(hard, _RAISED_MOST)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return descriptor_limit()
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return descriptor_limit()


def descriptor_limit() -> int:
    """Return how many descriptors this process may have open, 65,536 at most."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _RAISED_MOST if soft == resource.RLIM_INFINITY else min(soft, _RAISED_MOST)


def web_places(limit: int) -> PlaceLimits:
    """Return the places at a web server's door; a request under way may have a file open besides."""
    return PlaceLimits.of(min((limit - _KEPT) // 2, _WEB_MOST))


def broker_places(limit: int) -> PlaceLimits:
    """Return the places at a broker's door; behind Mosquitto's each holds two descriptors."""
    return PlaceLimits.of(min((limit - _KEPT) // 6, _BROKER_MOST))
