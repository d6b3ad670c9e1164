"""Several parameters at once on one aircraft: read by name, or set and read back."""

from collections.abc import Iterable, Mapping

from fleet.errors import ExpiredError, FleetError, RefusedError, UnavailableError
from fleet.text import Text
from ground_station.flight.protocols.parameter_values import ParameterValues
from ground_station.flight.protocols.parameters import MOST_PARAMETERS, ListTrouble, ParameterAnswer, ParameterList
from ground_station.flight.vehicles.contact import Contact


async def read_parameters(contact: Contact, names: Iterable[str]) -> Mapping[str, float | None]:
    """Return each name's value; None for what the aircraft does not have or did not answer."""
    answers = await contact.conversation.run(ParameterValues(contact.target, dict.fromkeys(names)))
    return {name: answer.value for name, answer in answers.items()}


async def set_parameters(contact: Contact, values: Mapping[str, float]) -> None:
    """Set all of `values` and read each back.

    The caller has written them into the audit chain. Raises RefusedError for the first one that stays another value,
    ExpiredError for the first one without an answer; what could be set is set.
    """
    answers = await contact.conversation.run(ParameterValues(contact.target, dict(values)))
    for answer in answers.values():
        if not answer.agreed:
            raise not_set(answer)


def not_set(answer: ParameterAnswer) -> FleetError:
    """Return the error of a set that was not read back equal."""
    name, wanted = answer.name, answer.wanted or 0.0
    if answer.value is None or answer.agreed_but_unproved:
        return ExpiredError(
            Text(f"設定値 {name} に機体が答えません", f"the aircraft does not answer about {name}"),
            Text(
                "この名前の設定値がないか、電波が届いていません",
                "it has no parameter of that name, or the radio does not reach",
            ),
            name=name,
        )
    return RefusedError(
        Text(
            f"設定値 {name} は {wanted:g} にならず {answer.value:g} のままです",
            f"{name} stays {answer.value:g} instead of {wanted:g}",
        ),
        Text("値の範囲を確かめてください", "check the range of the value"),
        name=name,
        value=answer.value,
    )


_RADIO = Text("電波を確かめて、もう一度読んでください", "check the radio and read them again")
_RESTART = Text(
    "機体を再起動して、もう一度読んでください。続くときは自動操縦のファームウェアを入れ直してください",
    "restart the aircraft and read them again; if that does not help, install the autopilot's firmware anew",
)


def not_read(result: ParameterList) -> UnavailableError:
    """Return the error of a list that was not read to its end."""
    missing, data = result.missing, {"missing": result.missing, "count": result.count}
    if result.trouble is ListTrouble.SILENT:
        silent = Text("機体が設定値を送ってきません", "the aircraft does not send its parameters")
        return ExpiredError(silent, _RADIO, **data)
    if result.trouble is ListTrouble.TOO_MANY:
        too_many = Text(
            f"機体は設定値が {result.count} 個あると言っています（読むのは {MOST_PARAMETERS} 個まで）",
            f"the aircraft says that it has {result.count} parameters; no more than {MOST_PARAMETERS} are read",
        )
        return UnavailableError(too_many, _RESTART, **data)
    if result.trouble is ListTrouble.UNSTEADY:
        unsteady = Text(
            f"機体の言う設定値の個数が変わり続けます（最後は {result.count} 個）",
            f"the aircraft keeps changing how many parameters it says it has ({result.count} at last)",
        )
        return UnavailableError(unsteady, _RESTART, **data)
    noun = "parameter" if missing == 1 else "parameters"
    if result.trouble is ListTrouble.TOO_SLOW:
        slow = Text(
            f"機体の設定値が届くのが遅すぎます（残り {missing} 個）",
            f"the aircraft's parameters come too slowly: {missing} {noun} did not come in time",
        )
        return ExpiredError(slow, _RADIO, **data)
    some = Text(f"機体の設定値が {missing} 個読めません", f"{missing} {noun} could not be read")
    return ExpiredError(some, _RADIO, **data)
