"""One vehicle on MAVLink: routes messages from any of its links, and sends what is due."""

import math
from collections.abc import Callable
from typing import Any

from sim.camera_port import Camera
from sim.mavlink import telemetry
from sim.mavlink.commands import Order, obey
from sim.mavlink.picture_messages import picture_packets
from sim.mavlink.plan_transfer import Peer, PlanTransfer
from sim.mavlink.session import Session
from sim.mavlink.streams import HEARTBEAT, TERRAIN_REPORT
from sim.mavlink.targets import follow_global, follow_item, follow_local
from sim.mavlink.terrain_sync import TerrainSync
from sim.mavlink.wire import Packet, message
from sim.vehicle import orders
from sim.vehicle.autopilot import Autopilot
from sim.vehicle.events import Event, HomeMoved, ItemReached, ParameterMoved, PictureTaken, Said
from sim.vehicle.modes import Mode, Severity
from sim.vehicle.orders import Answer
from sim.vehicle.parameters import Parameter

_STATUSTEXT = message("STATUSTEXT")
_ITEM_REACHED = message("MISSION_ITEM_REACHED")
_PARAM_VALUE = message("PARAM_VALUE")
_COMMAND_ACK = message("COMMAND_ACK")
_INTERVAL = message("MESSAGE_INTERVAL")
_TIMESYNC = message("TIMESYNC")

_TEXT_BYTES = 50
_TIMESYNC_EVERY_S = 10.0
_REQUEST_MESSAGE, _SET_INTERVAL, _GET_INTERVAL, _REQUEST_VERSION = 512, 511, 510, 520
_AUTOPILOT_VERSION = 148
_GUIDED_TARGET = 2

Handler = Callable[["VehiclePort", Session, Any, float], None]


class VehiclePort:
    """All links of one vehicle. The caller's clock is the vehicle's: seconds since power on."""

    def __init__(self, vehicle: Autopilot, camera: Camera) -> None:
        self.vehicle = vehicle
        self.sessions: list[Session] = []
        self._camera = camera
        self._transfer = PlanTransfer()
        self._terrain = TerrainSync()
        self._mode: Mode = vehicle.mode
        self._text_id = 0
        self._timesync_s = 0.0

    def open(self) -> Session:
        """Return a new link."""
        session = Session(self.vehicle.identity.system_id, self.vehicle.now_s)
        self.sessions.append(session)
        return session

    def close(self, session: Session) -> None:
        """Forget a link."""
        self._transfer.forget(session.send)
        if session in self.sessions:
            self.sessions.remove(session)

    def replace_vehicle(self, vehicle: Autopilot) -> None:
        """Go on with a vehicle that was powered on anew; links stay, their clocks start again."""
        self.vehicle = vehicle
        self._transfer = PlanTransfer()
        self._mode = vehicle.mode
        self._timesync_s = 0.0
        for session in self.sessions:
            session.schedule.rewind()

    def receive(self, session: Session, data: bytes, now_s: float) -> None:
        """Take bytes from a link at `now_s` and answer at once."""
        self._transfer.poll(self.vehicle, now_s)
        for incoming in session.parse(data):
            target = getattr(incoming, "target_system", 0)
            if target in (0, self.vehicle.identity.system_id):
                handler = _HANDLERS.get(incoming.get_type())
                if handler is not None:
                    handler(self, session, incoming, now_s)
        self.flush_events()
        self._show_mode()

    def tick(self, now_s: float) -> None:
        """Send what is due at `now_s`."""
        vehicle = self.vehicle
        if vehicle.events:
            self.flush_events()
        if not self.sessions:
            return
        self._transfer.poll(vehicle, now_s)
        self._show_mode()
        ready: dict[int, Packet | None] = {}
        for session in self.sessions:
            for msg_id in session.schedule.due(now_s):
                if msg_id not in ready:
                    ready[msg_id] = self._packet(msg_id)
                packet = ready[msg_id]
                if packet is not None:
                    session.send(packet)
            for index in session.parameter_burst(len(vehicle.params)):
                session.send(self._parameter_at(index))
        request = self._terrain.poll(vehicle, now_s)
        if request is not None:
            self._broadcast(request)
        if now_s - self._timesync_s >= _TIMESYNC_EVERY_S:
            self._timesync_s = now_s
            self._broadcast(_TIMESYNC.pack(0, int(now_s * 1e9)))

    def flush_events(self) -> None:
        """Send what the vehicle has to say."""
        events, self.vehicle.events = self.vehicle.events, []
        for event in events:
            for packet in self._packets_of(event):
                self._broadcast(packet)

    def _show_mode(self) -> None:
        """Send a heartbeat at once when the mode has changed."""
        if self.vehicle.mode is not self._mode:
            self._mode = self.vehicle.mode
            self._broadcast(telemetry.heartbeat(self.vehicle))

    def _broadcast(self, packet: Packet) -> None:
        for session in self.sessions:
            session.send(packet)

    def _packet(self, msg_id: int) -> Packet | None:
        if msg_id == TERRAIN_REPORT:
            return self._terrain.report(self.vehicle)
        builder = telemetry.BUILDERS.get(msg_id)
        return None if builder is None else builder(self.vehicle)

    def _packets_of(self, event: Event) -> list[Packet]:
        match event:
            case Said(severity, text):
                return self._text(severity, text)
            case ItemReached(seq):
                return [_ITEM_REACHED.pack(seq)]
            case ParameterMoved(name):
                parameter = self.vehicle.params.shown(name)
                return [] if parameter is None else [self._parameter(parameter, 65535)]
            case HomeMoved(with_origin):
                origin = telemetry.global_origin(self.vehicle) if with_origin else None
                return [p for p in (origin, telemetry.home_position(self.vehicle)) if p is not None]
            case PictureTaken(shutter):
                self._camera.shutter(shutter)
                return picture_packets(shutter, self.vehicle.now_s)

    def _text(self, severity: int, text: str) -> list[Packet]:
        data = text.encode()
        if len(data) <= _TEXT_BYTES:
            return [_STATUSTEXT.pack(severity, data, 0, 0)]
        self._text_id = self._text_id % 65535 + 1
        chunks = [data[i : i + _TEXT_BYTES] for i in range(0, len(data), _TEXT_BYTES)]
        return [_STATUSTEXT.pack(severity, chunk, self._text_id, i) for i, chunk in enumerate(chunks)]

    def _parameter(self, parameter: Parameter, index: int) -> Packet:
        count = len(self.vehicle.params)
        return _PARAM_VALUE.pack(parameter.value, count, index, parameter.name.encode(), parameter.type)

    def _parameter_at(self, index: int) -> Packet:
        parameter = self.vehicle.params.at(index)
        if parameter is None:
            raise IndexError(index)
        return self._parameter(parameter, index)

    # Handlers of incoming messages.

    def on_heartbeat(self, _session: Session, m: Any, now_s: float) -> None:
        """Take note that the ground station is there."""
        own = m.get_srcSystem() == int(self.vehicle.params["MAV_GCS_SYSID"])
        if own and self.vehicle.silence.heard(now_s):
            self.vehicle.say("GCS Failsafe Cleared", Severity.WARNING)

    def on_stream(self, session: Session, m: Any, now_s: float) -> None:
        """Set stream rates."""
        session.schedule.request_stream(m.req_stream_id, m.req_message_rate if m.start_stop else 0, now_s)

    def on_parameter_list(self, session: Session, _m: Any, _now_s: float) -> None:
        """Begin to list the parameters, and say who one is."""
        session.parameter_cursor = 0
        self.vehicle.say("ArduCopter V4.7.0-dev (KAKESIM1)")
        self.vehicle.say("Frame: QUAD/PLUS")

    def on_parameter_read(self, session: Session, m: Any, _now_s: float) -> None:
        """Answer with one parameter; an unknown one is not answered."""
        params = self.vehicle.params
        if m.param_index >= 0:
            parameter, index = params.at(m.param_index), m.param_index
        else:
            parameter = params.shown(_text_of(m.param_id))
            index = 65535 if parameter is None else params.index_of(parameter.name)
        if parameter is not None:
            session.send(self._parameter(parameter, index))

    def on_parameter_set(self, _session: Session, m: Any, _now_s: float) -> None:
        """Set a parameter and tell everybody."""
        parameter = self.vehicle.params.set(_text_of(m.param_id), m.param_value)
        if parameter is not None:
            self._broadcast(self._parameter(parameter, 65535))

    def on_set_mode(self, session: Session, m: Any, _now_s: float) -> None:
        """Change mode by the old message; it is acknowledged as command 11."""
        answer = orders.set_mode(self.vehicle, m.custom_mode) if m.base_mode & 1 else Answer.DENIED
        session.send(_COMMAND_ACK.pack(11, answer, 0, 0, m.get_srcSystem(), m.get_srcComponent()))

    def on_command_long(self, session: Session, m: Any, now_s: float) -> None:
        """Obey COMMAND_LONG."""
        order = Order(
            command=m.command, p1=m.param1, p2=m.param2, p3=m.param3, p4=m.param4, x=_e7(m.param5), y=_e7(m.param6),
            z=m.param7, frame=3,
        )  # fmt: skip
        self._command(session, m, order, now_s)

    def on_command_int(self, session: Session, m: Any, now_s: float) -> None:
        """Obey COMMAND_INT."""
        order = Order(
            command=m.command, p1=m.param1, p2=m.param2, p3=m.param3, p4=m.param4, x=m.x, y=m.y, z=m.z, frame=m.frame
        )
        self._command(session, m, order, now_s)

    def _command(self, session: Session, m: Any, order: Order, now_s: float) -> None:
        extra: Packet | None = None
        match order.command:
            case _ if not order.makes_sense:
                answer = Answer.DENIED
            case 512 | 520:
                msg_id = int(order.p1) if order.command == _REQUEST_MESSAGE else _AUTOPILOT_VERSION
                extra = self._packet(msg_id)
                answer = Answer.FAILED if extra is None else Answer.ACCEPTED
            case 511:
                answer = self._set_interval(session, int(order.p1), order.p2, now_s)
            case 510:
                interval_s = session.schedule.interval_s(int(order.p1))
                extra = _INTERVAL.pack(-1 if interval_s is None else int(interval_s * 1e6), int(order.p1) & 0xFFFF)
                answer = Answer.ACCEPTED
            case _:
                answer = obey(self.vehicle, order)
        ack = _COMMAND_ACK.pack(order.command, answer, 0, 0, m.get_srcSystem(), m.get_srcComponent())
        session.send(ack)
        if extra is not None:
            session.send(extra)

    def _set_interval(self, session: Session, msg_id: int, interval_us: float, now_s: float) -> Answer:
        if msg_id not in telemetry.BUILDERS and msg_id != TERRAIN_REPORT:
            return Answer.FAILED
        if msg_id == HEARTBEAT and interval_us < 0.0:
            return Answer.DENIED
        session.schedule.set_interval(msg_id, None if interval_us < 0.0 else interval_us / 1e6, now_s)
        return Answer.ACCEPTED

    def on_mission_count(self, session: Session, m: Any, now_s: float) -> None:
        """Begin an upload."""
        self._transfer.count(self.vehicle, _peer(session, m), m.count, m.mission_type, now_s)

    def on_mission_item_int(self, session: Session, m: Any, now_s: float) -> None:
        """Take an uploaded item."""
        self._transfer.item(self.vehicle, _peer(session, m), m, now_s)

    def on_mission_item(self, session: Session, m: Any, now_s: float) -> None:
        """Take an uploaded item in degrees, or a single target (`current` 2), as old clients send one."""
        m.x, m.y = _e7(m.x), _e7(m.y)
        if m.current == _GUIDED_TARGET:
            accepted = follow_item(self.vehicle, m)
            ack = message("MISSION_ACK").pack(m.get_srcSystem(), m.get_srcComponent(), 0 if accepted else 1, 0)
            return session.send(ack)
        return self._transfer.item(self.vehicle, _peer(session, m), m, now_s)

    def on_mission_request_list(self, session: Session, m: Any, _now_s: float) -> None:
        """Begin a download."""
        self._transfer.request_list(self.vehicle, _peer(session, m), m.mission_type)

    def on_mission_request_int(self, session: Session, m: Any, _now_s: float) -> None:
        """Hand out an item."""
        self._transfer.request(self.vehicle, _peer(session, m), m.seq, m.mission_type, as_int=True)

    def on_mission_request(self, session: Session, m: Any, _now_s: float) -> None:
        """Hand out an item in degrees."""
        self._transfer.request(self.vehicle, _peer(session, m), m.seq, m.mission_type, as_int=False)

    def on_mission_clear(self, session: Session, m: Any, _now_s: float) -> None:
        """Forget a plan."""
        self._transfer.clear_all(self.vehicle, _peer(session, m), m.mission_type)

    def on_mission_set_current(self, session: Session, m: Any, _now_s: float) -> None:
        """Jump within the mission."""
        if self.vehicle.mission.jump_to(m.seq):
            session.send(telemetry.mission_current(self.vehicle))

    def on_target_global(self, _session: Session, m: Any, _now_s: float) -> None:
        """Follow a target given as latitude and longitude."""
        follow_global(self.vehicle, m)

    def on_target_local(self, _session: Session, m: Any, _now_s: float) -> None:
        """Follow a target given in metres."""
        follow_local(self.vehicle, m)

    def on_timesync(self, session: Session, m: Any, now_s: float) -> None:
        """Answer a time question."""
        if m.tc1 == 0:
            session.send(_TIMESYNC.pack(int(now_s * 1e9), m.ts1))

    def on_terrain_data(self, _session: Session, m: Any, _now_s: float) -> None:
        """Store terrain heights."""
        self._terrain.data(m.lat, m.lon, m.gridbit, list(m.data))

    def on_terrain_check(self, session: Session, m: Any, _now_s: float) -> None:
        """Report the terrain at a place."""
        session.send(self._terrain.report(self.vehicle, m.lat, m.lon))

    def on_rc_override(self, _session: Session, m: Any, now_s: float) -> None:
        """Take stick positions from the ground."""
        channels = [getattr(m, f"chan{n}_raw") for n in range(1, 9)]
        self.vehicle.sticks.override(channels, now_s + self.vehicle.params["RC_OVERRIDE_TIME"])


def _peer(session: Session, m: Any) -> Peer:
    return Peer(m.get_srcSystem(), m.get_srcComponent(), session.send)


def _text_of(field: str | bytes) -> str:
    text = field.decode("ascii", "replace") if isinstance(field, bytes) else field
    return text.rstrip("\0")


def _e7(degrees: float) -> int:
    return round(degrees * 1e7) if math.isfinite(degrees) and abs(degrees) <= 214.0 else 0


_HANDLERS: dict[str, Handler] = {
    "HEARTBEAT": VehiclePort.on_heartbeat,
    "REQUEST_DATA_STREAM": VehiclePort.on_stream,
    "PARAM_REQUEST_LIST": VehiclePort.on_parameter_list,
    "PARAM_REQUEST_READ": VehiclePort.on_parameter_read,
    "PARAM_SET": VehiclePort.on_parameter_set,
    "SET_MODE": VehiclePort.on_set_mode,
    "COMMAND_LONG": VehiclePort.on_command_long,
    "COMMAND_INT": VehiclePort.on_command_int,
    "MISSION_COUNT": VehiclePort.on_mission_count,
    "MISSION_ITEM_INT": VehiclePort.on_mission_item_int,
    "MISSION_ITEM": VehiclePort.on_mission_item,
    "MISSION_REQUEST_LIST": VehiclePort.on_mission_request_list,
    "MISSION_REQUEST_INT": VehiclePort.on_mission_request_int,
    "MISSION_REQUEST": VehiclePort.on_mission_request,
    "MISSION_CLEAR_ALL": VehiclePort.on_mission_clear,
    "MISSION_SET_CURRENT": VehiclePort.on_mission_set_current,
    "SET_POSITION_TARGET_GLOBAL_INT": VehiclePort.on_target_global,
    "SET_POSITION_TARGET_LOCAL_NED": VehiclePort.on_target_local,
    "TIMESYNC": VehiclePort.on_timesync,
    "TERRAIN_DATA": VehiclePort.on_terrain_data,
    "TERRAIN_CHECK": VehiclePort.on_terrain_check,
    "RC_CHANNELS_OVERRIDE": VehiclePort.on_rc_override,
}
