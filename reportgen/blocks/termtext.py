"""What a reader sees for a coefficient: "Age (years) × Sex: Male", "Age (years), squared"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from reportgen.blocks.factors import Factor, call, factors, plain
from reportgen.blocks.labels import variable_text
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
        """The label of a coefficient: its factors joined by "×"."""
        return " × ".join(self.factor(factor) for factor in factors(name))

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
        return text

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
