"""A scripted autopilot without I/O: it answers as ArduCopter was recorded to answer, and misbehaves where told to.

`receive` takes a message, `tick` the time; both return messages. Times are seconds of its own clock.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.transfer import item_of
from missions.values.mission_item import MissionItem, MissionType

STATION = (255, 190)
_REPEAT_S = 1.0
_GIVE_UP_S = 8.0
_GROUND_AMSL_M = 500.0
_PLACELESS = frozenset({20, 93, 115, 178, 203, 211, 2000, 42600})
_FRAMES = {5: 0, 6: 3, 11: 10}


@dataclass
class Upload:
    kind: int
    count: int
    next: int = 0
    asked_s: float = 0.0
    progress_s: float = 0.0


@dataclass
class FakeAutopilot:
    """State of the scripted autopilot; tests set fields to script it."""

    parameters: dict[str, float] = field(default_factory=lambda: {"RTL_ALT": 1500.0, "FS_GCS_ENABLE": 0.0})
    lists: dict[int, list[MissionItem]] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    most_items: int = 650
    mode: int = 0
    armed: bool = False
    alt_m: float = 0.0
    climb_mps: float = 0.0
    north_m: float = 0.0
    answers_commands: bool = True
    obeys: bool = True
    refusals: dict[int, list[int]] = field(default_factory=dict)
    reason: str = "Arm: Need Position Estimate"
    custom_version: bytes = b"KAKESIM1"
    prearm_ok: bool = True
    executed: list[int] = field(default_factory=list)
    ignores: set[int] = field(default_factory=set)
    reads_back_wrong: bool = False
    repeats_item: int | None = None
    upload: Upload | None = None
    booted_s: float = 0.0
    _beat_s: float = -10.0
    _moved_s: float = 0.0
    _target_alt_m: float = 0.0

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        kind = message.get_msgId()
        if kind in self.ignores:
            return []
        return list(self._answers(kind, message, now_s))

    def tick(self, now_s: float) -> Sequence[Message]:
        self._move(now_s)
        return [*self._beats(now_s), *self._repeats(now_s)]

    def beat_at_once(self) -> None:
        """Send the next heartbeat with the next tick."""
        self._beat_s = -10.0

    def reboot(self, now_s: float) -> None:
        self.booted_s = now_s
        self.mode, self.armed, self.alt_m, self.upload = 0, False, 0.0, None

    def _answers(self, kind: int, message: Message, now_s: float) -> Iterator[Message]:
        if kind == dialect.MAVLINK_MSG_ID_COMMAND_LONG:
            yield from self._command(message)
        elif kind == dialect.MAVLINK_MSG_ID_TIMESYNC and message.tc1 == 0:
            yield dialect.MAVLink_timesync_message(round((now_s - self.booted_s) * 1e9) + 1, message.ts1)
        elif kind in (
            dialect.MAVLINK_MSG_ID_PARAM_REQUEST_LIST,
            dialect.MAVLINK_MSG_ID_PARAM_REQUEST_READ,
            dialect.MAVLINK_MSG_ID_PARAM_SET,
        ):
            yield from self._parameter(kind, message)
        else:
            yield from self._mission(kind, message, now_s)

    def _mission(self, kind: int, message: Message, now_s: float) -> Iterator[Message]:
        if kind == dialect.MAVLINK_MSG_ID_MISSION_COUNT:
            yield from self._begin(message, now_s)
        elif kind == dialect.MAVLINK_MSG_ID_MISSION_ITEM_INT:
            yield from self._item(message, now_s)
        elif kind == dialect.MAVLINK_MSG_ID_MISSION_CLEAR_ALL:
            self.lists[message.mission_type] = []
            yield self._ack(message.mission_type, 0)
        elif kind == dialect.MAVLINK_MSG_ID_MISSION_REQUEST_LIST:
            count = len(self.lists[message.mission_type])
            yield dialect.MAVLink_mission_count_message(*STATION, count, message.mission_type)
        elif kind == dialect.MAVLINK_MSG_ID_MISSION_REQUEST_INT:
            yield from self._give(message)
        elif kind == dialect.MAVLINK_MSG_ID_MISSION_ACK and message.type == 15:
            self.upload = None

    def _begin(self, message: Message, now_s: float) -> Iterator[Message]:
        if message.count > self.most_items:
            yield self._ack(message.mission_type, 4)
            return
        self.upload = Upload(message.mission_type, message.count, 0, now_s, now_s)
        del self.lists[message.mission_type][message.count :]
        yield self._request()

    def _item(self, message: Message, now_s: float) -> Iterator[Message]:
        upload = self.upload
        if upload is None or upload.kind != message.mission_type:
            yield self._ack(message.mission_type, 1)
            return
        if message.seq != upload.next:
            yield self._ack(upload.kind, 13)
            return
        wrong = self._wrong(message)
        if wrong is not None:
            self.upload = None
            yield self._ack(message.mission_type, wrong)
            return
        stored = self.lists[upload.kind]
        stored[message.seq : message.seq + 1] = [self._stored(item_of(message), upload.kind)]
        if self.repeats_item == message.seq:
            upload.asked_s = now_s
            yield self._request()
            return
        upload.next += 1
        upload.progress_s = upload.asked_s = now_s
        if upload.next == upload.count:
            self.upload = None
            yield self._ack(message.mission_type, 0)
        else:
            yield self._request()

    @staticmethod
    def _wrong(message: Message) -> int | None:
        if message.frame not in (0, 2, 3, 5, 6, 10, 11):
            return 2
        if message.command == 31999:
            return 3
        return 10 if abs(message.x) > 900_000_000 else None

    def _stored(self, item: MissionItem, kind: int) -> MissionItem:
        if kind != MissionType.MISSION:
            return MissionItem(
                seq=item.seq,
                frame=item.frame,
                command=item.command,
                autocontinue=0,
                param1=item.param1,
                x=item.x,
                y=item.y,
                z=float(int(item.z)) if kind == MissionType.RALLY else 0.0,
            )
        if item.seq == 0:
            return MissionItem(seq=0, frame=0, command=16, x=347_699_999, y=1_332_300_000, z=500.1)
        placeless = item.command in _PLACELESS
        return MissionItem(
            seq=item.seq,
            frame=0 if placeless else _FRAMES.get(item.frame, item.frame),
            command=item.command,
            param1=item.param1,
            param2=item.param2 if placeless else 0.0,
            param3=item.param3 if placeless else 0.0,
            x=0 if placeless and item.command != 203 else item.x,
            y=0 if placeless else item.y,
            z=0.0 if placeless else int(item.z * 100.0) / 100.0,
        )

    def _give(self, message: Message) -> Iterator[Message]:
        stored = self.lists[message.mission_type]
        if message.seq >= len(stored):
            yield self._ack(message.mission_type, 13)
            return
        item = stored[message.seq]
        x = item.x + 1000 if self.reads_back_wrong and message.seq == len(stored) - 1 else item.x
        yield dialect.MAVLink_mission_item_int_message(
            *STATION,
            item.seq,
            item.frame,
            item.command,
            0,
            item.autocontinue,
            item.param1,
            item.param2,
            item.param3,
            item.param4,
            x,
            item.y,
            item.z,
            message.mission_type,
        )

    def _request(self) -> Message:
        assert self.upload is not None
        return dialect.MAVLink_mission_request_message(*STATION, self.upload.next, self.upload.kind)

    @staticmethod
    def _ack(kind: int, code: int) -> Message:
        return dialect.MAVLink_mission_ack_message(*STATION, code, kind)

    def _repeats(self, now_s: float) -> Iterator[Message]:
        upload = self.upload
        if upload is None:
            return
        if now_s - upload.progress_s >= _GIVE_UP_S:
            self.upload = None
            yield self._ack(upload.kind, 15)
            yield self._text(4, "Mission upload timeout")
        elif now_s - upload.asked_s >= _REPEAT_S:
            upload.asked_s = now_s
            yield self._request()

    def _parameter(self, kind: int, message: Message) -> Iterator[Message]:
        names = sorted(self.parameters)
        if kind == dialect.MAVLINK_MSG_ID_PARAM_REQUEST_LIST:
            yield from (self._value(name, index) for index, name in enumerate(names))
        elif kind == dialect.MAVLINK_MSG_ID_PARAM_SET:
            if message.param_id in self.parameters and message.param_id != "READ_ONLY":
                self.parameters[message.param_id] = struct.unpack("<f", struct.pack("<f", message.param_value))[0]
            if message.param_id in self.parameters:
                yield self._value(message.param_id, 65_535)
        elif message.param_index >= 0:
            yield self._value(names[message.param_index], message.param_index)
        elif message.param_id in self.parameters:
            yield self._value(message.param_id, names.index(message.param_id))

    def _value(self, name: str, index: int) -> Message:
        return dialect.MAVLink_param_value_message(name.encode(), self.parameters[name], 9, len(self.parameters), index)

    def _command(self, message: Message) -> Iterator[Message]:
        if not self.answers_commands:
            return
        code = message.command
        if self.refusals.get(code):
            result = self.refusals[code].pop(0)
            if result:
                yield dialect.MAVLink_command_ack_message(code, result, 0, 0, *STATION)
                yield self._text(3, self.reason)
                return
        self.executed.append(code)
        yield from self._obey(code, message)

    def _obey(self, code: int, message: Message) -> Iterator[Message]:
        result = 0
        if not self.obeys:
            result = 0
        elif code == dialect.MAV_CMD_DO_SET_MODE:
            self.mode = int(message.param2)
            self.climb_mps = -1.5 if self.mode in (9, 6, 21) else 0.0
        elif code == dialect.MAV_CMD_COMPONENT_ARM_DISARM:
            self.armed = message.param1 == 1.0
        elif code in (dialect.MAV_CMD_MISSION_START, dialect.MAV_CMD_NAV_TAKEOFF):
            self.mode = 3 if code == dialect.MAV_CMD_MISSION_START else self.mode
            self._target_alt_m = message.param7 or 40.0
            self.climb_mps = 2.5
        elif code == dialect.MAV_CMD_DO_GRIPPER:
            yield self._text(6, "Gripper load releasing" if message.param2 == 0 else "Gripper load grabbing")
        elif code == dialect.MAV_CMD_REQUEST_MESSAGE and message.param1 == dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION:
            yield dialect.MAVLink_autopilot_version_message(
                64495, 0x04070000, 0, 0, 0, list(self.custom_version), [0] * 8, [0] * 8, 0, 0, 1
            )
        yield dialect.MAVLink_command_ack_message(code, result, 0, 0, *STATION)

    def _move(self, now_s: float) -> None:
        elapsed_s, self._moved_s = max(0.0, now_s - self._moved_s), now_s
        if not self.armed:
            return
        self.alt_m = max(0.0, self.alt_m + self.climb_mps * elapsed_s)
        if self.climb_mps > 0.0 and self.alt_m >= self._target_alt_m:
            self.climb_mps = 0.0
        if self.climb_mps < 0.0 and self.alt_m == 0.0:
            self.armed = False

    def _beats(self, now_s: float) -> Iterator[Message]:
        if now_s - self._beat_s < 0.25:
            return
        self._beat_s = now_s
        boot_ms = round((now_s - self.booted_s) * 1000.0)
        base_mode = 81 | (128 if self.armed else 0)
        yield dialect.MAVLink_heartbeat_message(2, 3, base_mode, self.mode, 4 if self.armed else 3, 3)
        yield dialect.MAVLink_global_position_int_message(
            boot_ms,
            347_700_000 + round(self.north_m * 90.0),
            1_332_300_000,
            round((_GROUND_AMSL_M + self.alt_m) * 1000.0),
            round(self.alt_m * 1000.0),
            0,
            0,
            round(-self.climb_mps * 100.0),
            0,
        )
        healthy = 0x2000000F | (0x10000000 if self.prearm_ok else 0)
        yield dialect.MAVLink_sys_status_message(healthy, healthy, healthy, 0, 12600, 0, 100, 0, 0, 0, 0, 0, 0)
        yield dialect.MAVLink_gps_raw_int_message(
            boot_ms * 1000, 6, 347_700_000, 1_332_300_000, 500_000, 121, 200, 0, 0, 10
        )
        yield dialect.MAVLink_ekf_status_report_message(831, 0.01, 0.01, 0.01, 0.01, 0.0)
        yield dialect.MAVLink_battery_status_message(0, 0, 0, 32767, [12600, *[65535] * 9], 3191, 451, 204, 86)
        yield dialect.MAVLink_mission_current_message(0)

    @staticmethod
    def _text(severity: int, text: str) -> Message:
        return dialect.MAVLink_statustext_message(severity, text.encode())
