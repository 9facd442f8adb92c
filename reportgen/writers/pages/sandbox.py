"""Jinja's immutable sandbox over plain data: a dot looks up a key, and only what compares or
names is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from reportgen.core.words import Words
from reportgen.writers.texts import filters
from reportgen.writers.texts.filters import Missing, Printed, shown

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment


def environment(words: Words, escape: Callable[[str], str]) -> ImmutableSandboxedEnvironment:
    """An environment whose values are numbers and texts; `escape` is applied to texts of data."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Plain(ImmutableSandboxedEnvironment):
        """Looks names up in mappings alone; computes with numbers alone."""

        intercepted_binops = frozenset("+-*/")

        def getattr(self, obj: Any, attribute: str) -> Any:
            return self.getitem(obj, attribute)

        def getitem(self, obj: Any, argument: Any) -> Any:
            if isinstance(obj, Missing):
                return obj
            if isinstance(obj, Mapping) and argument in obj:
                return obj[argument]
            if isinstance(obj, Mapping) and str(argument) in obj:
                return obj[str(argument)]
            return self.undefined(obj=obj, name=argument)

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if isinstance(left, Missing) or isinstance(right, Missing):
                return left if isinstance(left, Missing) else right
            for side in (left, right):
                if isinstance(side, bool) or not isinstance(side, (int, float)):
                    raise TypeError(f"`{operator}` joins numbers only")
            return super().call_binop(context, operator, left, right)

    def finalize(value: Any) -> Any:
        text = shown(value)
        return text if isinstance(text, Printed) else escape(str(text))

    made = Plain(undefined=StrictUndefined, finalize=finalize, autoescape=False)
    made.globals.clear()
    made.globals.update(
        compare=partial(filters.compare, words),
        larger=partial(filters.direction, words, ("larger", "smaller", "as_large")),
        higher=partial(filters.direction, words, ("higher", "lower", "as_high")),
    )
    made.tests.clear()
    made.filters.clear()
    made.filters.update({
        "num": filters.num, "count": filters.count, "pct": filters.pct, "p": filters.p,
        "est": partial(filters.est, words), "ci": partial(filters.ci, words),
        "min": filters.least, "max": filters.greatest, "abs": filters.absolute,
        "length": len, "exp": filters.exponential,
    })  # fmt: skip
    return made
