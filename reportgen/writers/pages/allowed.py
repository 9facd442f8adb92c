"""What a template may do: its filters, how much it may repeat, and what a page may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reportgen.writers.texts.visible import visible

if TYPE_CHECKING:
    from jinja2 import nodes

FILTERS = (
    "abs", "capitalize", "count", "default", "e", "escape", "first", "float", "int", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "round",
    "select", "selectattr", "sort", "string", "sum", "title", "trim", "unique", "upper",
)  # fmt: skip
"""Jinja's own; `join` and `replace` are counted ones, and `safe` is none of them."""

STEPS = 2_000_000
LETTERS = 50
"""Letters that count as one step."""


class Budget:
    """What one page may cost in steps: a repetition, a call, some letters made.

    `error` is raised when it is spent; without one nothing is counted.
    """

    def __init__(self, error: type[Exception] | None) -> None:
        self._error = error
        self._left = STEPS

    def begin(self) -> None:
        """A new page."""
        self._left = STEPS

    def spend(self, steps: int) -> None:
        """Take steps from what is left."""
        self._left -= steps
        if self._left < 0 and self._error is not None:
            raise self._error(
                f"a page takes at most {STEPS:,} steps, and this template does not end"
            )

    def counted(self, values: Iterable[Any]) -> Iterator[Any]:
        """The values, each of which costs a step."""
        for value in values:
            self.spend(1)
            yield value

    def sized(self, value: Any) -> Any:
        """A value whose letters, if it is a text, are paid for."""
        if isinstance(value, str):
            self.spend(len(value) // LETTERS)
        return value

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Filters that count: two that the reader of templates puts in, and two for everybody."""
        return {"counted": self.counted, "sized": self.sized, "join": self._join,
                "replace": self._replace}  # fmt: skip

    def _join(self, values: Iterable[Any], between: str = "") -> Any:
        from markupsafe import Markup, escape

        parts = [escape(shown(value)) for value in self.counted(values)]
        self.spend(len(parts) * len(between) // LETTERS)
        return self.sized(Markup(escape(between)).join(parts))

    def _replace(self, text: Any, old: str, new: str) -> str:
        made = str(text)
        self.spend(made.count(str(old)) * len(str(new)) // LETTERS)
        return made.replace(str(old), str(new))


def shown(value: Any) -> Any:
    """What a template prints: HTML made here as it is, any other text with nothing unseen in it."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value


def bounded(tree: nodes.Template) -> nodes.Template:
    """A template whose loops and joined texts are counted. TemplateAssertionError for a statement
    that turns escaping off.
    """
    from jinja2 import TemplateAssertionError, nodes
    from jinja2.visitor import NodeTransformer

    class Bounds(NodeTransformer):
        def visit_For(self, node: Any) -> Any:  # noqa: N802
            self.generic_visit(node)
            node.iter = _filtered(node.iter, "counted")
            return node

        def visit_Concat(self, node: Any) -> Any:  # noqa: N802
            self.generic_visit(node)
            return _filtered(node, "sized")

        def visit_ScopedEvalContextModifier(self, node: Any) -> Any:  # noqa: N802
            raise TemplateAssertionError("escaping cannot be turned off", node.lineno)

    def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
        return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)

    made: nodes.Template = Bounds().visit(tree)
    if tree.environment is not None:
        made.set_environment(tree.environment)
    return made


POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
