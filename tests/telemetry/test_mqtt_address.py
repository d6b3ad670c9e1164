"""Talks over one connection end together, even one that did not hear the first time that it is over."""

import asyncio
import math

import aiomqtt
import pytest

from telemetry import mqtt_address
from telemetry.mqtt_address import Client, until_first_fails


async def _deaf(heard: list[str], times: int) -> None:
    while True:
        try:
            await asyncio.sleep(60.0)
        except asyncio.CancelledError:
            heard.append("cancelled")
            if len(heard) > times:
                raise


async def _fails() -> None:
    raise ConnectionError


@pytest.mark.parametrize("times", [0, 1, 3])
async def test_a_failed_talk_ends_the_others_though_they_forget_to_be_cancelled(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(mqtt_address, "CANCEL_AGAIN_S", 0.01)
    heard: list[str] = []
    async with asyncio.timeout(5.0):
        with pytest.raises(ConnectionError):
            await until_first_fails([_deaf(heard, times), _fails()])
    assert len(heard) == times + 1


async def test_being_cancelled_ends_all_and_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_address, "CANCEL_AGAIN_S", 0.01)
    heard: list[str] = []
    talking = asyncio.ensure_future(until_first_fails([_deaf(heard, 2)]))
    await asyncio.sleep(0.01)
    talking.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5.0):
            await talking
    assert len(heard) == 3


@pytest.mark.parametrize("limit_s", [5.0, math.inf, None])
async def test_a_cancellation_that_comes_with_the_brokers_answer_is_heard(limit_s: float | None) -> None:
    client = Client("127.0.0.1", 1, timeout=10.0)
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.ensure_future(client._wait_for(answer, limit_s))
    await asyncio.sleep(0)
    answer.set_result(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_broker_that_does_not_answer_is_given_up_in_mqtts_own_words() -> None:
    client = Client("127.0.0.1", 1, timeout=10.0)
    with pytest.raises(aiomqtt.MqttError, match="timed out"):
        await client._wait_for(asyncio.get_running_loop().create_future(), 0.01)
