"""What a person at the terminal is shown of services that are up."""

import io

from kakehashi.settings import Settings
from kakehashi.terminal import Terminal

ADDRESSES = {"ground-station": "http://127.0.0.1:1/operator", "flight": "http://127.0.0.1:2/flight"}
LINKS = {"ground-station": "http://127.0.0.1:1/operator?setup=x", "town-office": "http://127.0.0.1:3/town?setup=y"}


def test_what_is_up_is_shown_with_its_first_link_though_another_service_is_not() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.show_pages(ADDRESSES, LINKS)
    terminal.close()
    said = stream.getvalue()
    assert LINKS["ground-station"] in said
    assert ADDRESSES["flight"] in said
    assert "town" not in said


def test_a_run_that_is_up_says_how_to_stop_it_after_its_links() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.show_ready(Settings(), {**ADDRESSES, "town-office": "http://127.0.0.1:3/town"}, LINKS)
    terminal.close()
    said = stream.getvalue()
    assert all(said.index(link) < said.index("Ctrl-C") for link in LINKS.values())
