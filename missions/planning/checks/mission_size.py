"""Do the items fit into the autopilot?"""

from fleet.text import Text
from missions.values.finding import Cure, Finding, Level
from missions.values.mission_item import MissionItem

MOST_ITEMS = 650
"""What ArduCopter takes in one mission."""


def check_mission_size(items: tuple[MissionItem, ...]) -> list[Finding]:
    """Return finding `mission.size`; none without items."""
    if not items:
        return []
    count = len(items)
    fits = count <= MOST_ITEMS
    return [
        Finding(
            level=Level.OK if fits else Level.REFUSE,
            rule="mission.size",
            text=Text(
                f"命令は {count} 個です（{MOST_ITEMS} 個まで）", f"the mission has {count} items (at most {MOST_ITEMS})"
            ),
            cure=None if fits else Cure(text=Text("近い届け先に分ける", "split it into shorter flights")),
        )
    ]
