"""Who may do what."""

from enum import StrEnum


class Role(StrEnum):
    """Roles of people. A person may hold several; none implies another but by `grants`."""

    VIEWER = "viewer"
    REPORTER = "reporter"
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    TRAINER = "trainer"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a role allows."""

    SEE = "see"
    REPORT = "report"
    REQUEST_DELIVERY = "request-delivery"
    PLAN = "plan"
    FLY = "fly"
    RUN_DRILL = "run-drill"
    MANAGE_PEOPLE = "manage-people"


_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.SEE}),
    Role.REPORTER: frozenset({Permission.SEE, Permission.REPORT}),
    Role.OPERATOR: frozenset({Permission.SEE, Permission.REPORT, Permission.PLAN, Permission.FLY}),
    Role.DISPATCHER: frozenset({Permission.SEE, Permission.REPORT, Permission.REQUEST_DELIVERY, Permission.PLAN}),
    Role.TRAINER: frozenset({Permission.SEE, Permission.RUN_DRILL}),
    Role.ADMINISTRATOR: frozenset({Permission.SEE, Permission.MANAGE_PEOPLE}),
}


def permissions(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return everything the roles allow together."""
    return frozenset().union(*(_GRANTS[role] for role in roles))
