"""The closed list of functions that a formula may call, and what each may be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from reportgen.core.dataclass import dataclass

ELEMENTWISE = frozenset(
    {
        "abs", "arcsinh", "cbrt", "ceil", "cos", "exp", "expm1", "floor", "log", "log10", "log1p",
        "log2", "round", "sign", "sin", "sqrt", "square", "tan", "tanh",
    }
)  # fmt: skip
"""Functions of one number, by numpy's names; they may be written with or without `np.`"""

CONTRASTS = frozenset({"Treatment", "Sum", "Poly"})


@dataclass(frozen=True)
class Allowed:
    """What one option may be: its type and, for numbers, its bounds."""

    type: Literal["integer", "number", "numbers", "flag", "center"]
    low: float = float("-inf")
    high: float = float("inf")

    def says(self) -> str:
        """The type in words."""
        bounds = f" from {self.low:g} to {self.high:g}" if self.high < float("inf") else ""
        words = {
            "integer": "a whole number",
            "number": "a number",
            "numbers": "numbers in brackets, as in `(30, 50)`",
            "flag": "`True` or `False`",
            "center": 'the text "center"',
        }
        return words[self.type] + bounds


@dataclass(frozen=True)
class Signature:
    """A function of one column (or arithmetic): its options in the order of their positions."""

    options: Mapping[str, Allowed] = field(default_factory=dict)
    required: tuple[str, ...] = ()


_COUNT = Allowed("integer", 1, 50)
_ANY = Allowed("number")
_KNOTS = Allowed("numbers")
_BOUNDS = {"lower_bound": _ANY, "upper_bound": _ANY}
_CUBIC = {"df": _COUNT, "knots": _KNOTS, **_BOUNDS, "constraints": Allowed("center")}

TRANSFORMS: Mapping[str, Signature] = {
    "center": Signature(),
    "standardize": Signature(),
    "bs": Signature(
        {
            "df": _COUNT,
            "knots": _KNOTS,
            "degree": Allowed("integer", 0, 10),
            "include_intercept": Allowed("flag"),
            **_BOUNDS,
        }
    ),
    "cr": Signature(_CUBIC),
    "cc": Signature(_CUBIC),
    "poly": Signature({"degree": Allowed("integer", 1, 10)}, required=("degree",)),
}
"""Functions that look at a whole column: their values depend on all rows analysed."""

BASES = frozenset({"bs", "cr", "cc", "poly"})
"""Transforms that make several columns out of one."""

NAMES = frozenset({"C", "I", "Q", "te", "np"} | ELEMENTWISE | CONTRASTS | TRANSFORMS.keys())
