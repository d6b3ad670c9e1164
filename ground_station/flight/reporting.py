"""Reports to whoever follows the core: everything at first, then the newest of what changed, never a pile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from fleet.disk_health import Place
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.autopilot_station import AutopilotStation, VehicleSetting
from ground_station.flight.flights import Flights
from ground_station.flight.judge import Judge
from ground_station.flight.order import Beat
from ground_station.flight.port import CoreReport, Problem, VehicleReport
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.flight.vehicles.vehicle import Vehicle

AT_MOST_HZ = 25.0
AT_LEAST_EVERY_S = 0.5
_CHECK_DISK = Text("ディスクの空きと権限を確かめてください", "check the disk's free space and permissions")


class Reporter:
    """Makes reports for any number of readers, each at its own pace."""

    def __init__(
        self,
        *,
        station: AutopilotStation,
        flights: Flights,
        settings: Mapping[VehicleId, VehicleSetting],
        judge: Judge,
        beat: Callable[[], Beat],
        journal: Callable[[], Text | None],
        alarm: Callable[[], Text | None],
    ) -> None:
        self._station = station
        self._flights = flights
        self._settings = settings
        self._judge = judge
        self._beat = beat
        self._journal = journal
        self._alarm = alarm
        self._began_s = beat().stamp_s

    async def reports(self) -> AsyncIterator[CoreReport]:
        """Yield reports for ever: at most 25 a second, and one twice a second when nothing happens."""
        moved: dict[CommandId, FlightCommand] = {command.id: command for command in self._station.ledger.recent()}

        def note(command: FlightCommand) -> None:
            moved[command.id] = command
            subscription.stir()

        subscription = self._station.feed.subscribe()
        forget = self._station.ledger.subscribe(note)
        whole = True
        try:
            while True:
                update = subscription.take()
                changed = list(self._settings) if whole else [state.vehicle_id for state in update.states]
                commands = tuple(moved.values())
                moved.clear()
                whole = False
                yield CoreReport(
                    beat=(now := self._beat()),
                    up_s=now.stamp_s - self._began_s,
                    vehicles=tuple(self.report(self._station.vehicle(vehicle_id)) for vehicle_id in changed),
                    events=update.events,
                    events_dropped=subscription.events_dropped,
                    commands=commands,
                    alarms=self.alarms(),
                )
                await asyncio.sleep(1.0 / AT_MOST_HZ)
                whole = not await subscription.stirred_within(AT_LEAST_EVERY_S)
        finally:
            forget()
            subscription.close()

    def whole(self) -> CoreReport:
        """Return everything as it is known now, without what happened once."""
        return CoreReport(
            beat=(now := self._beat()),
            up_s=now.stamp_s - self._began_s,
            vehicles=tuple(self.report(vehicle) for vehicle in self._station.vehicles.values()),
            commands=self._station.ledger.recent(),
            alarms=self.alarms(),
        )

    def report(self, vehicle: Vehicle) -> VehicleReport:
        """Return one aircraft as it is known now."""
        setting = self._settings[vehicle.id]
        flight = self._flights.of(vehicle.id)
        return VehicleReport(
            name=setting.name or Text(vehicle.id, vehicle.id),
            state=vehicle.state(),
            silence=vehicle.silence_failsafe(),
            problem=self._problem(vehicle, setting),
            flight=None if flight is None else flight.digest,
            checks=self._flights.checks(vehicle.id),
            transfer=self._flights.transfer(vehicle.id),
        )

    def alarms(self) -> tuple[Problem, ...]:
        """Return what the core cannot do now: write its journal, what it is told beside, or write its flight logs."""
        said = ((self._journal(), Place.JOURNAL), (self._alarm(), None))
        found = [Problem(what=what, cure=_CHECK_DISK, place=place) for what, place in said if what is not None]
        for vehicle in self._station.vehicles.values():
            recorder = vehicle.contact.recorder
            error = None if recorder is None else recorder.error
            if error is not None:
                found.append(Problem(what=error.what, cure=error.cure, place=Place.FLIGHT_LOG))
        return tuple(found)

    def _problem(self, vehicle: Vehicle, setting: VehicleSetting) -> Problem | None:
        finding = self._judge.problem(vehicle, setting)
        if finding is not None:
            return Problem(what=finding.text, cure=None if finding.cure is None else finding.cure.text)
        if vehicle.state().telemetry.heartbeat is not None:
            return None
        broken = next(
            (link.error for link in self._station.links if link.address == setting.address and link.error is not None),
            None,
        )
        return None if broken is None else Problem(what=broken.what, cure=broken.cure)
