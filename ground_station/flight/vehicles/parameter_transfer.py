"""Several parameters at once on one aircraft: read by name, or set and read back."""

from collections.abc import Iterable, Mapping

from fleet.errors import ExpiredError, FleetError, RefusedError
from fleet.text import Text
from ground_station.flight.protocols.parameter_values import ParameterValues
from ground_station.flight.protocols.parameters import ParameterAnswer
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
