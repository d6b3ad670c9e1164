"""Where simulated aircraft stand before they fly, and what is bolted to them."""

from fleet.errors import BadInputError
from fleet.positions import Position
from fleet.text import Text
from missions.values.aircraft import Aircraft
from missions.values.town import Town

GRIPPER = {"GRIP_ENABLE": 1.0, "GRIP_TYPE": 1.0, "SERVO9_FUNCTION": 28.0}
"""ArduCopter's settings of a gripper on a servo, as an installer leaves them."""


def home_of(aircraft: Aircraft, town: Town) -> Position:
    """Return where an aircraft stands at its depot; raises BadInputError if the town has no such depot."""
    depot = town.place(aircraft.home_site_id)
    if depot is None:
        raise BadInputError(
            Text(f"機体 {aircraft.id} の拠点 {aircraft.home_site_id} がありません", f"{aircraft.id} has no depot"),
            Text("町のデータの home_site_id を直してください", "correct home_site_id in the town's data"),
        )
    return Position(lon_deg=depot.at.lon_deg, lat_deg=depot.at.lat_deg, alt_amsl_m=depot.ground_amsl_m)
