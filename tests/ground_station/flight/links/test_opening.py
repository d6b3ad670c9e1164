"""Every kind of link has its transport, and what the network says of a wrong name is said in words by each."""

import importlib.util

import pytest

from fleet.errors import UnavailableError
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.opening import make_transport
from ground_station.flight.links.transport import Peer

_IMPOSSIBLE = ("drone..local", "d" * 64, "\udc80", "a\0b")


def _nobody(data: bytes, peer: Peer) -> None:
    del data, peer


@pytest.mark.parametrize("scheme", list(Scheme))
def test_every_kind_of_link_has_a_transport(scheme: Scheme) -> None:
    assert not make_transport(LinkAddress(scheme=scheme, host="127.0.0.1", number=5760)).send(b"closed", None)


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize(("host", "number"), [*((host, 5760) for host in _IMPOSSIBLE), ("127.0.0.1", 99_999)])
async def test_a_name_or_number_that_cannot_be_is_said_by_every_kind_of_link(
    scheme: Scheme, host: str, number: int
) -> None:
    if scheme is Scheme.DRONEKIT_TCP and importlib.util.find_spec("dronekit") is None:
        pytest.skip("DroneKit is not installed")
    with pytest.raises(UnavailableError) as caught:
        await make_transport(LinkAddress(scheme=scheme, host=host, number=number)).open(_nobody)
    assert caught.value.cure is not None
