"""What a core cannot do now stands among its alarms, for as long as it cannot."""

from functools import partial

from fleet.text import Text
from tests.ground_station.flight.aircraft import VEHICLE, unheard_core


async def test_everything_told_stands_in_one_alarm_until_it_is_over() -> None:
    problems: list[Text | None] = [None, Text("番号が使えません", "no code"), Text("ソケットがありません", "no socket")]
    async with unheard_core(VEHICLE) as core:
        for number in range(len(problems)):
            core.tells(partial(_at, problems, number))
        (alarm,) = core.whole_report().alarms
        assert "no code" in alarm.what.en
        assert "no socket" in alarm.what.en
        problems[:] = [None] * 3
        assert core.whole_report().alarms == ()


def _at(problems: list[Text | None], number: int) -> Text | None:
    return problems[number]
