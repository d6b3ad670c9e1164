"""What a core cannot do now stands among its alarms, for as long as it cannot."""

import asyncio
import shutil
from functools import partial
from pathlib import Path

from fleet.clock import SystemClock
from fleet.disk_health import Place
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.core import CoreServices, FlightCore
from ground_station.flight.journal_paper import JournalPaper
from ground_station.flight.links.address import parse_address
from ground_station.flight.vehicles.state import Timing
from tests.ground_station.flight.aircraft import VEHICLE, eventually, unheard_core
from tests.ground_station.flight.journal.troubled import TroubledFolder, opened, refusing


async def test_everything_told_stands_in_one_alarm_until_it_is_over() -> None:
    problems: list[Text | None] = [None, Text("番号が使えません", "no code"), Text("ソケットがありません", "no socket")]
    async with unheard_core(VEHICLE) as core:
        for number in range(len(problems)):
            core.tells(partial(_at, problems, number))
        (alarm,) = core.whole_report().alarms
        assert "no code" in alarm.what.en
        assert "no socket" in alarm.what.en
        assert alarm.place is None
        problems[:] = [None] * 3
        assert core.whole_report().alarms == ()


def _at(problems: list[Text | None], number: int) -> Text | None:
    return problems[number]


async def test_journal_and_flight_log_that_cannot_be_written_are_alarms_of_their_places(tmp_path: Path) -> None:
    folder, logs, clock = TroubledFolder(), tmp_path / "flights", SystemClock()
    journal = opened(folder)
    services = CoreServices(
        clock=clock, journal=JournalPaper(journal), realm=Realm.DRILL, timing=Timing(), flight_logs=logs
    )
    address = parse_address("tcp:127.0.0.1:9")
    async with FlightCore([VehicleSetting(id=VEHICLE, address=address)], services) as core:
        recorder = core.station.vehicle(VEHICLE).contact.recorder
        assert recorder is not None

        def write() -> None:
            recorder.start("flight")  # what does not fly has it ended
            recorder.record(b"frame")
            services.journal.hand_over(actor="hanako", action="parameter.set", subject=VEHICLE, detail={})

        async def places() -> set[Place | None]:
            write()
            await asyncio.sleep(0.05)
            return {alarm.place for alarm in core.whole_report().alarms}

        assert await places() == set()
        await eventually(logs.exists)
        folder.trouble = refusing("write")
        shutil.rmtree(logs)
        logs.write_text("no folder")
        async with asyncio.timeout(10.0):
            while await places() != {Place.JOURNAL, Place.FLIGHT_LOG}:
                pass
        folder.trouble = refusing()
        logs.unlink()
        async with asyncio.timeout(10.0):
            while await places() != set():
                pass
        recorder.end()
    assert journal.close(5.0)
    await eventually(lambda: any(logs.glob("*.tlog")))
