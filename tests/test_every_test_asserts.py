"""No test ends without having asserted something: to wait until something holds tells nothing of what else happened."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
Function = ast.FunctionDef | ast.AsyncFunctionDef
JUDGES = frozenset({"expect", "pytest.fail", "pytest.raises"})


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _called(function: Function) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}


def _judges(function: Function) -> bool:
    called = _called(function)
    return (
        any(isinstance(node, ast.Assert) for node in ast.walk(function))
        or bool(called & JUDGES)
        or any(name.startswith("np.testing.assert_") for name in called)
    )


def silent(source: str) -> list[str]:
    """Return the tests of a module that assert nothing, neither themselves nor in functions of the module they call."""
    functions = {function.name: function for function in _functions(ast.parse(source))}
    judging = {name for name, function in functions.items() if _judges(function)}
    while more := {name for name, function in functions.items() if _called(function) & judging} - judging:
        judging |= more
    return [name for name in functions if name.startswith("test_") and name not in judging]


@pytest.mark.parametrize("path", sorted(TESTS.rglob("test_*.py")), ids=lambda path: str(path.relative_to(TESTS)))
def test_every_test_asserts(path: Path) -> None:
    assert silent(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("await eventually(lambda: done)", ["test_it"]),
        ("_helper()", ["test_it"]),
        ("_judge()", []),
        ("pytest.raises(OSError, open, 'x')", []),
        ("expect(page).to_have_title('x')", []),
        ("np.testing.assert_allclose(a, b)", []),
    ],
)
def test_a_test_that_only_waits_is_found(body: str, expected: list[str]) -> None:
    helpers = "def _helper(): pass\ndef _judge(): _inner()\ndef _inner(): assert done\n"
    assert silent(f"{helpers}async def test_it(): {body}") == expected
