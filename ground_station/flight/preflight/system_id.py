"""Is the autopilot on the link the one that the town's data names? Its MAVLink system id against the aircraft's file.

Live, another number is most likely another aircraft, whose mass and battery the plan does not know: no take-off. In a
drill it is only a warning: `--vehicle tcp:HOST:PORT` leads to an ArduPilot SITL, which has number 1 whatever the town
calls its trainers, and what is flown there can hurt nobody.
"""

from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.text import Text
from missions.values.finding import Cure, Finding, Level

_RULE = "aircraft.system-id"


def system_id_check(realm: Realm, heard: int, *, named: int, vehicle_id: VehicleId, name: Text) -> Finding:
    """Return whether `heard`, the system id on the aircraft's link, is the one `named`; 0 is none heard yet."""
    if heard == named:
        return Finding(
            level=Level.OK,
            rule=_RULE,
            text=Text(f"機体の番号は登録と同じです（{heard}）", f"its system id is the registered one ({heard})"),
        )
    if not heard:
        return Finding(
            level=Level.REFUSE,
            rule=_RULE,
            text=Text("機体の番号がまだ届いていません", "the aircraft's system id has not come yet"),
            cure=Cure(text=Text("そのまま待ってください", "wait")),
        )
    return Finding(
        level=Level.REFUSE if realm is Realm.LIVE else Level.WARN,
        rule=_RULE,
        text=Text(
            f"リンクの先の機体は番号 {heard} です。{name.ja}の登録は {named} です（別の機体かもしれません）",
            f"the aircraft on the link has system id {heard}, but {name.en} is registered with {named}; "
            "it may be another aircraft",
        ),
        cure=Cure(
            text=Text(
                "つないだ機体を目で確かめ、正しい機体につなぎ直す。機体が正しければ、町のデータの "
                f"aircraft/{vehicle_id}.toml の mavlink_system_id か、機体の MAV_SYSID を直す",
                "look which aircraft is connected, and connect the right one; if it is the right one, correct "
                f"mavlink_system_id in aircraft/{vehicle_id}.toml of the town's data, or its MAV_SYSID",
            )
        ),
    )
