"""Threads of a test process parse Python one after the other."""

import argparse
import ast
import gc
import inspect
import threading
import time
from collections.abc import Iterator

import pytest

SOURCE = inspect.getsource(argparse)


@pytest.fixture
def collector_that_gives_way() -> Iterator[None]:
    """Let the other threads have their turn at each collection of garbage, and collect often."""

    def give_way(*_: object) -> None:
        time.sleep(0)

    threshold = gc.get_threshold()
    gc.set_threshold(100)
    gc.callbacks.append(give_way)
    yield
    gc.callbacks.remove(give_way)
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("collector_that_gives_way")
def test_threads_that_parse_at_once_do_not_disturb_each_other() -> None:
    faults: list[SystemError] = []

    def parse() -> None:
        for _ in range(5):
            try:
                ast.parse(SOURCE)
            except SystemError as error:
                faults.append(error)

    threads = [threading.Thread(target=parse) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_what_the_collector_ends_while_a_thread_parses_may_parse_too() -> None:
    def parse_too(*_: object) -> None:
        ast.parse("a = 1")

    threshold = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(parse_too)
    try:
        tree = ast.parse(SOURCE)
    finally:
        gc.callbacks.remove(parse_too)
        gc.set_threshold(*threshold)
    assert len(tree.body) > 10
