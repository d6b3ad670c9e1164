"""Roles: only operators fly, and the town office's roles never do."""

from fleet.realm import Realm
from fleet.roles import Permission, Role, permissions


def test_only_the_operator_may_fly() -> None:
    flyers = {role for role in Role if Permission.FLY in permissions(frozenset({role}))}
    assert flyers == {Role.OPERATOR}


def test_roles_add_up_and_nobody_without_a_role_may_see() -> None:
    both = permissions(frozenset({Role.VIEWER, Role.DISPATCHER}))
    assert Permission.REQUEST_DELIVERY in both
    assert permissions(frozenset()) == frozenset()


def test_the_realms_share_no_topic_root() -> None:
    assert Realm.LIVE.topic_root != Realm.DRILL.topic_root
