"""Accepted connections stay clear of the descriptor numbers that select(2) needs."""

import resource
import socket
from collections.abc import Iterator

import pytest

from fleet.listening_socket import FIRST_NUMBER, listening_sockets


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * FIRST_NUMBER:
        pytest.skip("the machine allows fewer than 2,048 descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * FIRST_NUMBER, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _accepted() -> tuple[int, bytes]:
    """Return the number of an accepted connection, and what was heard over it."""
    (listener,) = listening_sockets("127.0.0.1", 0)
    with listener:
        listener.listen(1)
        listener.setblocking(True)
        with socket.create_connection(listener.getsockname()) as caller:
            connection, address = listener.accept()
            with connection:
                assert address == caller.getsockname()
                caller.sendall(b"hello")
                return connection.fileno(), connection.recv(5)


@pytest.mark.usefixtures("many_descriptors")
def test_a_connection_takes_no_number_that_an_aircrafts_link_needs() -> None:
    number, heard = _accepted()
    assert number >= FIRST_NUMBER
    assert heard == b"hello"


def test_where_there_are_no_higher_numbers_the_connection_is_taken_as_it_is() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    try:
        number, heard = _accepted()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert number < 512
    assert heard == b"hello"


def test_a_taken_port_is_an_error_and_keeps_nothing_open() -> None:
    (first,) = listening_sockets("127.0.0.1", 0)
    with first:
        first.listen(1)
        with pytest.raises(OSError, match="in use"):
            listening_sockets("127.0.0.1", first.getsockname()[1])
