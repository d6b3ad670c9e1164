"""Where in a module a change changes no behaviour that a test could see: annotations, and how a thing is declared.

`slots`, `frozen` and `kw_only` of a dataclass and the `*` of a signature keep programmers right, and mypy holds them; a
`|` in an annotation is no sum. To count such mutants would only make the rate look better, or worse, than it is. The
defaults of parameters are behaviour.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]
"""Line from 1 and column from 0."""
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a source, its first place and the one after its last, without those of `holes`."""

    start: Place
    end: Place
    holes: tuple["Span", ...] = ()

    def __contains__(self, place: Place) -> bool:
        """Return whether a place lies in it."""
        return self.start <= place < self.end and not any(place in hole for hole in self.holes)


def declarations(source: str) -> tuple[Span, ...]:
    """Return the spans of `source` that only declare."""
    return tuple(_declaring(ast.parse(source)))


def _declaring(tree: ast.Module) -> Iterator[Span]:
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            yield _signature(node)
        elif isinstance(node, ast.AnnAssign):
            yield _span(node.annotation)
        elif isinstance(node, ast.ClassDef):
            yield from (_span(one) for one in node.decorator_list if isinstance(one, ast.Call))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            yield _span(node.value)  # it names a type: `_Row = tuple[int, …]`


def _signature(node: _Function) -> Span:
    first = node.body[0]
    defaults = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
    return Span(
        start=(node.lineno, node.col_offset),
        end=(first.lineno, first.col_offset),
        holes=tuple(_span(default) for default in defaults),
    )


def _span(node: ast.expr) -> Span:
    end = (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    return Span(start=(node.lineno, node.col_offset), end=end)
