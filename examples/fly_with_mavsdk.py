"""Flies a plan of `kakehashi plan --output FILE.plan` with MAVSDK, fence and rally points too; prints the end as JSON.

usage: fly_with_mavsdk.py FILE.plan [tcpout://HOST:PORT]
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mavsdk import ComponentType, Configuration, ConnectionResult, Mavsdk
from mavsdk.plugins.action import Action, ActionError
from mavsdk.plugins.mission_raw import MissionRaw, MissionRawError
from mavsdk.plugins.telemetry import Telemetry, TelemetryError

LANDED_WITHIN_S = 3600.0


def until(condition: Callable[[], bool], what: str, within_s: float = 120.0) -> None:
    """Wait for a condition; ends the program if it does not come."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.05)


def again(ask: Callable[[], Any], what: str, within_s: float = 120.0) -> Any:
    """Return what `ask` returns, asking again while the autopilot says no; ends the program if it never says yes."""
    deadline_s = time.monotonic() + within_s
    while True:
        try:
            return ask()
        except (ActionError, MissionRawError, TelemetryError) as error:
            if time.monotonic() > deadline_s:
                sys.exit(f"{what}: {error}")
            time.sleep(1.0)


def main() -> None:
    """Upload, arm, start, and wait for the landing."""
    sdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
    if (
        sdk.add_any_connection(sys.argv[2] if len(sys.argv) > 2 else "tcpout://127.0.0.1:5760")
        != ConnectionResult.SUCCESS
    ):
        sys.exit("no connection")
    system = sdk.first_autopilot(60.0)
    if system is None:
        sys.exit("no autopilot")
    action, telemetry, mission = Action(system), Telemetry(system), MissionRaw(system)
    said: list[str] = []
    telemetry.subscribe_status_text(lambda text, *_: said.append(text.text))
    plan = mission.import_qgroundcontrol_mission_from_string(Path(sys.argv[1]).read_text(encoding="utf-8"))
    again(lambda: telemetry.set_rate_position(10.0), "positions")
    if plan.geofence_items:
        again(lambda: mission.upload_geofence(plan.geofence_items), "the fence")
    if plan.rally_items:
        again(lambda: mission.upload_rally_points(plan.rally_items), "the rally points")
    again(lambda: mission.upload_mission(plan.mission_items), "the mission")
    items = len(again(mission.download_mission, "the mission's way back"))

    def lift_off() -> None:
        """Arm and start; motors armed before the autopilot knows where it is stop by themselves, and not at once."""
        until(lambda: not telemetry.armed(), "motors that stand still")
        action.arm()
        mission.start_mission()

    again(lift_off, "the start")
    until(lambda: telemetry.position().relative_altitude_m > 2.0, "the take-off")
    until(lambda: not telemetry.armed(), "the landing", LANDED_WITHIN_S)
    place = telemetry.position()
    released = any("gripper load releas" in text.lower() for text in said)
    end = {"items": items, "fence": len(plan.geofence_items), "rally": len(plan.rally_items), "released": released}
    end |= {"lat": place.latitude_deg, "lon": place.longitude_deg, "alt_home_m": place.relative_altitude_m}
    print(json.dumps(end), flush=True)


if __name__ == "__main__":
    main()
