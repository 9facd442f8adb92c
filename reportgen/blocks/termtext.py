"""What a reader sees for a coefficient: "Age (years) × Sex: Male", "Age (years), squared"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from reportgen.blocks.factors import Factor, call, factors, plain, split
from reportgen.blocks.labels import variable_text
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Variable
from reportgen.core.words import Words

_POWER = re.compile(r"^([^()*/+-]+?)\s*\*\*\s*(\d+)$")
_BASES = {"bs": "spline", "cr": "spline", "cc": "spline", "te": "spline", "poly": "polynomial"}
_FUNCTIONS = frozenset(
    {"log", "log2", "log10", "log1p", "exp", "sqrt", "abs", "center", "standardize", "scale"}
)


@dataclass(frozen=True)
class Texts:
    """Turns names of coefficients into labels, for one model (which knows its variables)."""

    variable: Callable[[str], Variable]
    words: Words

    def coefficient(self, name: str) -> str:
        """The label of a coefficient: its factors joined by "×".

        An estimate in a domain (`bp|sex[Male]`) is its own label and then those of the levels.
        """
        parts = (
            " × ".join(self.factor(factor) for factor in factors(part)) for part in split(name, "|")
        )
        return self.words("list.comma").join(parts)

    def domain(self, name: str, outcome: str | None) -> str | None:
        """The levels alone of an estimate in a domain, where the model's outcome is its column."""
        column, *levels = split(name, "|")
        return self.coefficient("|".join(levels)) if levels and column == outcome else None

    def factor(self, factor: Factor) -> str:
        """The label of one factor, with the level, contrast or basis column it stands for."""
        if factor.level is None:
            return self.expression(factor.text)
        found = call(factor.text)
        if found and found[0] in _BASES:
            label, basis = self.expression(found[1][0]), _BASES[found[0]]
            number = int(factor.level) + 1 if factor.level.isdigit() else factor.level
            return self.words(f"term.{basis}", label=label, number=number)
        variable = self.variable(plain(factor.text))
        text = self.words(
            "term.level", label=variable_text(variable), level=variable.show(factor.level)
        )
        return self.words("term.against_mean", label=text) if factor.contrast == "S" else text

    def expression(self, text: str) -> str:
        """The label of an expression of one column; the expression itself where it is no such."""
        text = plain(text)
        found = call(text)
        if found is None:
            return self._power(text) or variable_text(self.variable(text))
        name, arguments = found
        if name == "I":
            return self._power(arguments[0]) or arguments[0]
        if name in _FUNCTIONS and len(arguments) == 1:
            return self.words(f"term.{name}", label=self.expression(arguments[0]))
        if name in _BASES:
            return self.words(f"term.{_BASES[name]}_whole", label=self.expression(arguments[0]))
        return self._estimate(name, arguments) or text

    def _estimate(self, name: str, arguments: Sequence[str]) -> str | None:
        """The label of a survey estimate that is more than its column: a ratio, a quantile."""
        if name not in ("ratio", "quantile") or len(arguments) != 2:
            return None
        label, other = self.expression(arguments[0]), arguments[1]
        if name == "ratio":
            return self.words("term.ratio", label=label, other=self.expression(other))
        if float(other) == 0.5:
            return self.words("term.median", label=label)
        return self.words("term.quantile", label=label, percent=numbers.level(float(other)))

    def _power(self, text: str) -> str | None:
        match = _POWER.match(text)
        if match is None:
            return None
        label = self.expression(match[1])
        named = {"2": "term.squared", "3": "term.cubed"}.get(match[2])
        return (
            self.words(named, label=label)
            if named
            else self.words("term.power", label=label, power=match[2])
        )
