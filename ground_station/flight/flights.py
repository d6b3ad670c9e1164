"""Which flight each aircraft was given, bringing it on board, and the last look before the word to fly."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fleet.errors import ConflictError, FleetError, RefusedError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.flight.autopilot_station import AutopilotStation
from ground_station.flight.flight_plan import FlightPlan, PlanDigest, digest_of
from ground_station.flight.judge import Judge
from ground_station.flight.placing import Placing, items_of, know_parameters
from ground_station.flight.port import Transfer
from ground_station.flight.vehicles.pilot import Gate
from ground_station.flight.vehicles.plan_transfer import TransferProgress
from ground_station.flight.vehicles.vehicle import Vehicle
from missions.values.finding import Finding, Level

_STEP = 0.85
_CHECK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A flight that an aircraft was given."""

    plan: FlightPlan
    digest: PlanDigest


class Flights:
    """One flight an aircraft, the newest it was given; in memory, since a restart must prove anew what is on board."""

    def __init__(self, station: AutopilotStation, judge: Judge) -> None:
        self._station = station
        self._judge = judge
        self._placing = Placing(judge)
        self._flights: dict[VehicleId, Flight] = {}
        self._transfers: dict[VehicleId, Transfer] = {}
        self._found: dict[VehicleId, tuple[float, tuple[Finding, ...]]] = {}

    def of(self, vehicle_id: VehicleId) -> Flight | None:
        """Return the flight that an aircraft was given last."""
        return self._flights.get(vehicle_id)

    def transfer(self, vehicle_id: VehicleId) -> Transfer | None:
        """Return how far a flight is on its way to an aircraft; None while none is."""
        return self._transfers.get(vehicle_id)

    def checks(self, vehicle_id: VehicleId) -> tuple[Finding, ...]:
        """Return what the checks find for an aircraft's flight while it stands on the ground; empty otherwise.

        They are made twice a second at most.
        """
        flight = self._flights.get(vehicle_id)
        vehicle = self._station.vehicle(vehicle_id)
        state = vehicle.state()
        if flight is None or state.armed:
            return ()
        made_s, found = self._found.get(vehicle_id, (-math.inf, ()))
        if state.at_s - made_s >= _CHECK_EVERY_S:
            found = self._judge.findings(vehicle, flight.plan, flight.digest)
            self._found[vehicle_id] = (state.at_s, found)
        return found

    async def place(self, plan: FlightPlan, *, author: str, keep: bool) -> PlanDigest:
        """Bring a flight to its aircraft; errors as `FlightPort.place`."""
        vehicle = self._station.vehicle(plan.vehicle_id)
        digest = digest_of(plan)
        if not keep:
            _require_on_ground(vehicle)
        with self._under_way(vehicle, digest):
            self._flights[plan.vehicle_id] = Flight(plan=plan, digest=digest)
            self._found.pop(plan.vehicle_id, None)
            if keep and await vehicle.verify_plan(items_of(plan, digest)):
                await know_parameters(vehicle)
                return digest
            _require_on_ground(vehicle)
            await self._placing.put_right(vehicle, plan, author=author)
            self._note(author, "flight.place", vehicle.id, digest, plan)
            await self._placing.place(vehicle, plan, digest, self._progress(vehicle.id, digest))
            self._note(author, "flight.read-back", vehicle.id, digest, plan)
        return digest

    async def put_right(self, vehicle_id: VehicleId, digest: PlanDigest, *, author: str) -> None:
        """Set what an aircraft's flight needs, and place it again if that took it off; errors as `place`."""
        vehicle = self._station.vehicle(vehicle_id)
        flight = self._flights.get(vehicle_id)
        if flight is None or flight.digest != digest or vehicle.state().armed or vehicle.is_starting:
            raise ConflictError(
                Text("機体の設定は、点検中にだけ変えられます", "settings can be changed only during the checks"),
                Text("飛ぶ前の配送を選び直してください", "choose a delivery that has not taken off"),
            )
        with self._under_way(vehicle, digest):
            await self._placing.put_right(vehicle, flight.plan, author=author)
            if vehicle.state().plan_on_board != digest:
                await self._placing.place(vehicle, flight.plan, digest, self._progress(vehicle_id, digest))
                self._note(author, "flight.read-back", vehicle_id, digest, flight.plan)

    def last_look(self, vehicle: Vehicle, digest: PlanDigest | None) -> Gate:
        """Return the look that the word to fly must pass: the flight it names, read back, everything judged anew.

        Raises RefusedError at once for a word that names no flight, or another than the one on board, and ConflictError
        while settings or lists are on their way to the aircraft.
        """
        self._require_still(vehicle)
        flight = self._flights.get(vehicle.id)
        if digest is None or flight is None or flight.digest != digest or vehicle.state().plan_on_board != digest:
            raise RefusedError(
                Text(
                    "飛ばそうとした計画が、機体にあると確認できていません",
                    "the flight that was named was not read back from the aircraft",
                ),
                Text("計画を機体へ送り直してください", "send the plan to the aircraft again"),
            )

        async def look() -> Text | None:
            return await self._objection(vehicle, flight)

        return look

    async def _objection(self, vehicle: Vehicle, flight: Flight) -> Text | None:
        try:
            await self._placing.read_required(vehicle, flight.plan)
            limits_stand = await vehicle.verify_limits(items_of(flight.plan, flight.digest))
        except FleetError as error:
            return error.what
        if not limits_stand:
            return Text(
                "飛べません: 機体のフェンスか緊急着陸地点が、送った計画と違います。計画を送り直してください",
                "it cannot fly: the fence or the rally points on board are not the plan's; send the plan again",
            )
        findings = self._judge.findings(vehicle, flight.plan, flight.digest)
        refusal = next((finding for finding in findings if finding.level is Level.REFUSE), None)
        if refusal is None:
            return None
        return Text(f"飛べません: {refusal.text.ja}", f"it cannot fly: {refusal.text.en}")

    def _require_still(self, vehicle: Vehicle) -> None:
        if vehicle.id in self._transfers:
            raise ConflictError(
                Text("別の転送が進んでいます", "another transfer is under way"),
                Text("終わるまで待ってください", "wait until it has ended"),
            )

    @contextmanager
    def _under_way(self, vehicle: Vehicle, digest: PlanDigest) -> Iterator[None]:
        self._require_still(vehicle)
        text = Text("機体の設定を確かめています", "looking at the aircraft's settings")
        self.show(vehicle.id, Transfer(digest=digest, fraction=0.0, text=text))
        try:
            yield
        finally:
            self._transfers.pop(vehicle.id, None)
            self._found.pop(vehicle.id, None)
            self._station.feed.changed(vehicle.id)

    def _progress(self, vehicle_id: VehicleId, digest: PlanDigest) -> "_ProgressTo":
        return _ProgressTo(self, vehicle_id, digest)

    def show(self, vehicle_id: VehicleId, transfer: Transfer) -> None:
        """Note how far a flight is on its way."""
        self._transfers[vehicle_id] = transfer
        self._station.feed.changed(vehicle_id)

    def _note(self, author: str, action: str, vehicle_id: VehicleId, digest: PlanDigest, plan: FlightPlan) -> None:
        detail = {"digest": digest, "plan_id": plan.id}
        self._station.ledger.note(action, vehicle_id, detail, author=author)


def _require_on_ground(vehicle: Vehicle) -> None:
    """Raise ConflictError if it is armed, or was told to fly and does not say so yet: what was read back must stay."""
    if vehicle.state().armed or vehicle.is_starting:
        raise ConflictError(
            Text(
                "飛行中か、飛行開始の指示が出ている機体には計画を送れません",
                "a plan cannot be sent to an aircraft that is armed, or was told to fly",
            ),
            Text("着陸してから送ってください", "land first"),
        )


class _ProgressTo:
    """Shows how far an upload has come; its end is not known before, so each step takes a part of the rest."""

    def __init__(self, flights: Flights, vehicle_id: VehicleId, digest: PlanDigest) -> None:
        self._flights = flights
        self._vehicle_id = vehicle_id
        self._digest = digest
        self._steps = 0

    def __call__(self, progress: TransferProgress) -> None:
        self._steps += 1
        fraction = round(1.0 - math.pow(_STEP, self._steps), 2)
        self._flights.show(self._vehicle_id, Transfer(digest=self._digest, fraction=fraction, text=progress.text))
