"""Says whether a command line would be understood, without running it."""

from collections.abc import Sequence
from typing import Any

import typer

from kakehashi.cli import app

_ROOT: Any = typer.main.get_command(app)


def fault_of(words: Sequence[str]) -> str | None:
    """Return why `kakehashi` would not understand these words, None if it would."""
    command, left = _ROOT, list(words)
    arguments: list[str] = []
    while left:
        word = left.pop(0)
        if word == "--help":
            continue
        if word.startswith("--"):
            fault = _take_option(command, word, left)
            if fault is not None:
                return fault
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return f"there is no command {word!r}"
            command = command.commands[word]
        else:
            arguments.append(word)
    return _fault_of_arguments(command, arguments)


def _take_option(command: Any, word: str, left: list[str]) -> str | None:
    option = next((one for one in command.params if word in one.opts or word in one.secondary_opts), None)
    if option is None:
        return f"{command.name} has no option {word}"
    if not option.is_flag:
        if not left:
            return f"{word} needs a value"
        left.pop(0)
    return None


def _fault_of_arguments(command: Any, arguments: Sequence[str]) -> str | None:
    taken = [one for one in command.params if one.param_type_name == "argument"]
    unbounded = any(one.nargs == -1 for one in taken)
    if len(arguments) > len(taken) and not unbounded:
        return f"{command.name} takes no argument {arguments[len(taken)]!r}"
    return None
