"""Which processes give way to the aircraft's link when the machine runs short of memory or of time.

What keeps an aircraft in contact stays as the system starts it; services that can be started again stand behind it, and
the workers they start last (`fleet.process.WORKER`). Children take over what their parent has.
"""

from fleet.process import Standing, give_way

SERVICE = Standing(oom_score=500, niceness=5)


def stand_behind_the_link() -> bool:
    """Put this process, a desk, an office or a simulator, behind the link; return whether the kernel took it."""
    return give_way(SERVICE)
