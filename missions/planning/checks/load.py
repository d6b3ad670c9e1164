"""Is the load within what the aircraft carries, and can it let the load go?"""

from fleet.text import Text
from missions.planning.scene import Scene
from missions.values.aircraft import PayloadGear
from missions.values.finding import Cure, Finding, Level


def check_load(scene: Scene) -> list[Finding]:
    """Return findings `payload.limit` and `payload.gear`."""
    return [_limit(scene), _gear(scene)]


def _limit(scene: Scene) -> Finding:
    mass_kg, limit_kg = scene.request.mass_kg, scene.aircraft.max_payload_kg
    name = scene.aircraft.name
    if mass_kg <= limit_kg:
        return Finding(
            level=Level.OK,
            rule="payload.limit",
            text=Text(
                f"荷物 {mass_kg:.1f} kg は積めます（{name.ja}は {limit_kg:.1f} kg まで）",
                f"a load of {mass_kg:.1f} kg can be carried ({name.en} takes {limit_kg:.1f} kg)",
            ),
        )
    over_kg = _up_to_tenth(mass_kg - limit_kg)
    return Finding(
        level=Level.REFUSE,
        rule="payload.limit",
        text=Text(
            f"荷物 {mass_kg:.1f} kg は重すぎます（{name.ja}は {limit_kg:.1f} kg まで）",
            f"a load of {mass_kg:.1f} kg is too heavy ({name.en} takes {limit_kg:.1f} kg)",
        ),
        cure=Cure(
            text=Text(f"{over_kg:.1f} kg 減らす", f"remove {over_kg:.1f} kg"), action="remove_mass_kg", value=over_kg
        ),
    )


def _gear(scene: Scene) -> Finding:
    if scene.aircraft.gear is PayloadGear.GRIPPER:
        return Finding(
            level=Level.OK,
            rule="payload.gear",
            text=Text("荷物の下ろし方: 地面に置く", "how the load is left: the aircraft sets it down"),
        )
    name = scene.aircraft.name
    cannot = {
        PayloadGear.WINCH: Text(
            f"{name.ja}のウインチでの荷下ろしには対応していません",
            f"{name.en} lowers its load by winch, which is not supported",
        ),
        PayloadGear.UNLOADED_BY_HAND: Text(
            f"{name.ja}は自分で荷物を下ろせません。着陸すると飛行が終わります",
            f"{name.en} cannot let its load go; the mission would end where it lands",
        ),
    }
    return Finding(
        level=Level.REFUSE,
        rule="payload.gear",
        text=cannot[scene.aircraft.gear],
        cure=Cure(
            text=Text("グリッパーのある機体を選ぶ", "choose an aircraft with a gripper"), action="choose_aircraft"
        ),
    )


def _up_to_tenth(mass_kg: float) -> float:
    """Return a mass rounded up to 0.1 kg, with nothing added for the last bit of a sum."""
    tenths = round(mass_kg * 10.0, 6)
    return -(-tenths // 1.0) / 10.0
