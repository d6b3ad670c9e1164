"""Simulated vehicles on real sockets."""

import asyncio
import socket
from dataclasses import replace

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import InvalidValueError, UnavailableError
from sim.fleet_server import FleetServer, ServerSettings
from sim.scenario import Scenario
from tests.sim.served import ready_vehicle


def scenario(count: int = 1) -> Scenario:
    return Scenario(vehicles=tuple(ready_vehicle(n + 1) for n in range(count)), started_at_s=1_780_000_000.0)


async def heartbeats(host: str, port: int, count: int) -> list[dialect.MAVLink_message]:
    reader, writer = await asyncio.open_connection(host, port)
    parser = dialect.MAVLink(None)
    found: list[dialect.MAVLink_message] = []
    try:
        while len(found) < count:
            async with asyncio.timeout(10.0):
                data = await reader.read(4096)
            found += [m for m in parser.parse_buffer(data) or [] if m.get_type() == "HEARTBEAT"]
    finally:
        writer.close()
    return found


async def test_each_vehicle_has_its_port_and_several_clients_may_listen() -> None:
    async with FleetServer(scenario(3), ServerSettings(base_port=0, speedup=20.0)) as server:
        jobs = [heartbeats(host, port, 3) for host, port in server.addresses for _ in range(2)]
        heard = await asyncio.gather(*jobs)
    assert [messages[0].get_srcSystem() for messages in heard] == [1, 1, 2, 2, 3, 3]


async def test_the_clock_runs_at_the_speed_asked_for() -> None:
    async with FleetServer(scenario(), ServerSettings(base_port=0, speedup=10.0)) as server:
        await asyncio.sleep(1.0)
        assert 6.0 < server.simulation.now_s < 11.5
        assert server.simulation.world.vehicles[0].params["SIM_SPEEDUP"] == 10.0


async def test_a_busy_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=str(port)) as caught:
            async with FleetServer(scenario(), ServerSettings(base_port=port)):
                pass
    assert caught.value.cure is not None


async def test_datagrams_hold_whole_frames_and_answers_reach_the_vehicle() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.bind(("127.0.0.1", 0))
        station.setblocking(False)
        settings = ServerSettings(base_port=0, speedup=5.0, udp_out=station.getsockname())
        async with FleetServer(scenario(), settings) as server:
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(5.0):
                data, sender = await loop.sock_recvfrom(station, 2000)
            assert all(m.get_type() != "BAD_DATA" for m in dialect.MAVLink(None).parse_buffer(data))
            order = dialect.MAVLink_param_set_message(1, 1, b"RTL_ALT", 4400.0, 9)
            await loop.sock_sendto(station, bytes(order.pack(dialect.MAVLink(None, 255, 190))), sender)
            for _ in range(100):
                if server.simulation.world.vehicles[0].params["RTL_ALT"] == 4400.0:
                    break
                await asyncio.sleep(0.02)
            assert server.simulation.world.vehicles[0].params["RTL_ALT"] == 4400.0


async def test_a_client_that_never_reads_costs_no_more_than_its_bound() -> None:
    async with FleetServer(scenario(), ServerSettings(base_port=0, speedup=50.0)) as server:
        host, port = server.addresses[0]
        reader, writer = await asyncio.open_connection(host, port, limit=1)
        request = dialect.MAVLink_request_data_stream_message(1, 1, 0, 50, 1)
        writer.write(bytes(request.pack(dialect.MAVLink(None, 255, 190))))
        await asyncio.sleep(2.0)
        assert server.simulation.ports[0].sessions[0].pending_bytes < 2_200_000
        assert len(await heartbeats(host, port, 2)) >= 2
        writer.close()
        del reader


def test_two_aircraft_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidValueError):
        Scenario(vehicles=(ready_vehicle(1), ready_vehicle(1)), started_at_s=0.0)
    with pytest.raises(InvalidValueError):
        Scenario(vehicles=(ready_vehicle(1), replace(ready_vehicle(2), system_id=1)), started_at_s=0.0)


async def test_a_stop_with_clients_connected_is_quiet() -> None:
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
    async with FleetServer(scenario(), ServerSettings(base_port=0)) as server:
        reader, writer = await asyncio.open_connection(*server.addresses[0])
        async with asyncio.timeout(10.0):
            await reader.read(1)
    await asyncio.sleep(0)
    writer.close()
    assert faults == []
