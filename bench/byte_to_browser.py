"""From a MAVLink byte on the station's socket to the browser's next frame on the operator page.

A scripted aircraft sends positions whose height counts them; the page notes, for each, when the frame after its live
message was drawn. Both use this machine's clock. Beside it, in the same run: one raw hop through the embedded MQTT
broker. Prints one JSON object. Chromium draws in software here, which a real screen does not.
"""

import asyncio
import json
import os
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

import aiomqtt
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import StationId, TownId
from fleet.realm import Realm
from telemetry.brokers.access import Device, DeviceBook, DeviceKind, hash_password
from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.mqtt_address import MqttAddress
from telemetry.records import Lane
from telemetry.topics import Topics
from tests.browser.chromium import browser, open_page, sign_up
from tests.kakehashi.running import environment, run

POSITIONS = 240
HZ = 8.0
BUDGET_MS = 150.0
PASSWORD = "a password for one benchmark"
_LAT_E7, _LON_E7 = 347534146, 1332527348

_WATCH = """
window.__frames = [];
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...args) {
    super(...args);
    this.addEventListener('message', (event) => {
      const message = JSON.parse(event.data);
      const vehicles = (message.patch ?? message.state ?? {}).vehicles ?? {};
      for (const one of Object.values(vehicles)) {
        if (one && one.alt_home_m != null) {
          const count = Math.round(one.alt_home_m * 10);
          requestAnimationFrame(() => window.__frames.push([count, performance.timeOrigin + performance.now()]));
        }
      }
    });
  }
};
"""


class ScriptedAircraft:
    """A TCP server that speaks as much MAVLink as is measured: heartbeats and counted positions."""

    def __init__(self) -> None:
        self.sent_ms: dict[int, float] = {}
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._go = threading.Event()
        self.done = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def start_counting(self) -> None:
        """Begin to send counted positions."""
        self._go.set()

    def _serve(self) -> None:
        link, _ = self._server.accept()
        codec = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
        count = 0
        beat_at_s = 0.0
        while count < POSITIONS:
            if time.monotonic() >= beat_at_s:
                beat_at_s = time.monotonic() + 1.0
                beat = dialect.MAVLink_heartbeat_message(
                    dialect.MAV_TYPE_QUADROTOR, dialect.MAV_AUTOPILOT_ARDUPILOTMEGA, 81, 0, 3, 3
                )
                link.sendall(beat.pack(codec))
            if self._go.is_set():
                count += 1
                position = dialect.MAVLink_global_position_int_message(
                    int(time.monotonic() * 1000) % (1 << 31),
                    _LAT_E7, _LON_E7, 362_780 + count * 100, count * 100, 0, 0, 0, 9000,
                )  # fmt: skip
                data = position.pack(codec)
                self.sent_ms[count] = time.time() * 1000.0
                link.sendall(data)
            time.sleep(1.0 / HZ)
        self.done.set()
        time.sleep(2.0)


def measure_pages() -> list[float]:
    """Return the milliseconds of each position that was drawn."""
    aircraft = ScriptedAircraft()
    with tempfile.TemporaryDirectory() as folder:
        link = f"kakehashi-1=tcp:127.0.0.1:{aircraft.port}"
        with run("--drill", "--vehicle", link, env=environment(Path(folder))) as running:
            operator, _ = running.setup_links()
            with browser() as opened:
                context, watched = open_page(opened)
                watched.page.add_init_script(_WATCH)
                sign_up(watched.page, operator, "bench", PASSWORD)
                watched.page.locator("canvas").first.wait_for(timeout=60_000)
                watched.page.wait_for_timeout(4000)
                aircraft.start_counting()
                aircraft.done.wait(timeout=120)
                watched.page.wait_for_timeout(1500)
                frames: list[list[float]] = watched.page.evaluate("window.__frames")
                context.close()
    first: dict[int, float] = {}
    for count, at_ms in frames:
        first.setdefault(int(count), at_ms)
    return [at_ms - aircraft.sent_ms[count] for count, at_ms in first.items() if count in aircraft.sent_ms]


async def measure_hops() -> list[float]:
    """Return the milliseconds of each message through the embedded broker."""
    topics = Topics(realm=Realm.DRILL, town=TownId("bench"))
    key = "k" * 24
    device = Device(
        username="station-1",
        password_hash=hash_password(key, os.urandom(12)),
        kind=DeviceKind.OFFICE,
        topics=topics,
    )
    taken: list[float] = []
    async with EmbeddedBroker(book=DeviceBook([device]), port=0) as broker:
        address = MqttAddress(host="127.0.0.1", port=broker.port, username="station-1", password=key)
        topic = topics.up(StationId("station-1"), Lane.POSITION)
        async with address.connected(queue_messages=100) as hears, address.connected(queue_messages=100) as says:
            await hears.subscribe(topic, qos=0)
            for _ in range(POSITIONS):
                began_s = time.perf_counter()
                await says.publish(topic, b"x" * 300, qos=0)
                await _next(hears)
                taken.append((time.perf_counter() - began_s) * 1000.0)
    return taken


async def _next(client: aiomqtt.Client) -> None:
    async for _ in client.messages:
        return


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    pages = measure_pages()
    hops = asyncio.run(measure_hops())
    print(
        json.dumps(
            {
                "positions_drawn": len(pages),
                "byte_to_frame_median_ms": round(statistics.median(pages), 1),
                "byte_to_frame_p99_ms": round(_quantile(pages, 0.99), 1),
                "raw_mqtt_hop_median_ms": round(statistics.median(hops), 2),
                "raw_mqtt_hop_p99_ms": round(_quantile(hops, 0.99), 2),
                "budget_p99_ms": BUDGET_MS,
            }
        )
    )


if __name__ == "__main__":
    main()
