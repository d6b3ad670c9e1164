"""What the aircraft is asked to send, against the scripted autopilot over a real socket."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from tests.ground_station.flight.aircraft import eventually, fake_aircraft, station_for
from tests.ground_station.flight.fake_autopilot import FakeAutopilot

NEVER_SENT = dialect.MAVLINK_MSG_ID_EXTENDED_SYS_STATE
BATTERY = dialect.MAVLINK_MSG_ID_BATTERY_STATUS


@dataclass
class Asked(FakeAutopilot):
    """Counts what it is asked to send, and keeps back what is in `quiet`."""

    asked: Counter[int] = field(default_factory=Counter)
    quiet: set[int] = field(default_factory=set)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        if getattr(message, "command", None) == dialect.MAV_CMD_SET_MESSAGE_INTERVAL:
            self.asked[int(message.param1)] += 1
        return super().receive(message, now_s)

    def tick(self, now_s: float) -> Sequence[Message]:
        return [message for message in super().tick(now_s) if message.get_msgId() not in self.quiet]


async def test_streams_are_asked_for_again_when_the_link_comes_back() -> None:
    autopilot = Asked()
    async with fake_aircraft(autopilot) as fake, station_for(fake.port, time_scale=20.0) as flown:
        await eventually(lambda: autopilot.asked[NEVER_SENT] == 4, within_s=15.0)
        fake.hang_up()
        await eventually(lambda: autopilot.asked[NEVER_SENT] == 6, within_s=8.0)
        (link,) = flown.station.links
        assert link.reopened == 1


async def test_a_stream_that_stops_is_asked_for_again() -> None:
    autopilot = Asked()
    async with fake_aircraft(autopilot) as fake, station_for(fake.port, time_scale=20.0):
        await eventually(lambda: autopilot.asked[NEVER_SENT] == 4, within_s=15.0)
        assert autopilot.asked[BATTERY] == 0
        autopilot.quiet.add(BATTERY)
        await eventually(lambda: autopilot.asked[BATTERY] >= 1, within_s=8.0)
