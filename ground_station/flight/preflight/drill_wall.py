"""The drill wall: only what is proved to be simulated joins a drill, only what is proved to be real flies live."""

from fleet.errors import RefusedError
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.vehicles.telemetry import Simulated
from missions.values.finding import Cure, Finding, Level

_RULE = "drill-wall"


def drill_wall(realm: Realm, simulated: Simulated) -> Finding:
    """Return whether an aircraft may be in `realm`; while it is not proved what it is, it may not."""
    if simulated is Simulated.UNKNOWN:
        return Finding(
            level=Level.REFUSE,
            rule=_RULE,
            text=Text(
                "実機か模擬機かまだ確認できていません",
                "it is not proved yet whether this aircraft is real or simulated",
            ),
            cure=Cure(text=Text("機体の設定値を読む", "read the aircraft's parameters"), action="identify"),
        )
    if realm is Realm.DRILL and simulated is Simulated.NO:
        return Finding(
            level=Level.REFUSE,
            rule=_RULE,
            text=Text("実機は訓練に参加できません", "a real aircraft cannot join a drill"),
            cure=Cure(
                text=Text("模擬機につなぐか、本番で起動してください", "connect a simulated one, or start in live")
            ),
        )
    if realm is Realm.LIVE and simulated is Simulated.YES:
        return Finding(
            level=Level.REFUSE,
            rule=_RULE,
            text=Text("模擬機は本番に参加できません", "a simulated aircraft cannot fly live"),
            cure=Cure(text=Text("実機につなぐか、訓練で起動してください", "connect a real one, or start a drill")),
        )
    kind = (
        Text("模擬機（訓練）", "simulated, in a drill") if realm is Realm.DRILL else Text("実機（本番）", "real, live")
    )
    return Finding(level=Level.OK, rule=_RULE, text=kind)


def require_realm(realm: Realm, simulated: Simulated) -> None:
    """Raise RefusedError unless the aircraft may be in `realm`."""
    finding = drill_wall(realm, simulated)
    if finding.level is not Level.OK:
        raise RefusedError(finding.text, None if finding.cure is None else finding.cure.text, realm=realm.value)
