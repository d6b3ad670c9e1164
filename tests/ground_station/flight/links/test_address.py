import pytest

from fleet.errors import BadInputError
from ground_station.flight.links.address import LinkAddress, Scheme, parse_address


@pytest.mark.parametrize(
    ("text", "scheme", "host", "number"),
    [
        ("tcp:127.0.0.1:5760", Scheme.TCP, "127.0.0.1", 5760),
        ("udpin:127.0.0.1:0", Scheme.UDP_IN, "127.0.0.1", 0),
        ("udpout:drone.local:14550", Scheme.UDP_OUT, "drone.local", 14550),
        ("serial:/dev/ttyUSB0:57600", Scheme.SERIAL, "/dev/ttyUSB0", 57600),
        (" tcp:::1:5760 ", Scheme.TCP, "::1", 5760),
    ],
)
def test_an_address_is_read_and_written_back(text: str, scheme: Scheme, host: str, number: int) -> None:
    address = parse_address(text)
    assert address == LinkAddress(scheme=scheme, host=host, number=number)
    assert str(address) == text.strip()


@pytest.mark.parametrize("text", ["", "tcp", "tcp:host", "http:host:80", "tcp:host:99999", "tcp::5760", "udpin:h:x"])
def test_what_is_no_address_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_address(text)
    assert caught.value.cure is not None
    assert "tcp:127.0.0.1:5760" in caught.value.cure.en


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize("host", ["a\0b", "a b", "drone\n", "\udc80"])
def test_a_name_with_what_no_name_has_is_refused_for_every_kind_of_link(scheme: Scheme, host: str) -> None:
    with pytest.raises(BadInputError, match="can be no name"):
        parse_address(f"{scheme}:{host}:5760")


@pytest.mark.parametrize("scheme", [scheme for scheme in Scheme if scheme is not Scheme.SERIAL])
@pytest.mark.parametrize("host", ["drone..local", ".local", "d" * 64, f"{'d' * 60}." * 5 + "local", "無" * 64])
def test_a_host_name_that_cannot_be_is_refused_in_words(scheme: Scheme, host: str) -> None:
    with pytest.raises(BadInputError, match="can be no name") as caught:
        parse_address(f"{scheme}:{host}:5760")
    assert "名前として使えません" in caught.value.what.ja
    assert caught.value.cure is not None
