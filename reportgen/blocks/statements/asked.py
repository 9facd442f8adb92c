"""What a sentence is asked to say: `sbp_gee.RIDAGEYR`, `icc[BPXSY1].icc`, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import NoReturn

from reportgen.blocks.factors import split
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem, SpecError
from reportgen.core.similar import similar

MOST = 12
"""So many names are listed to choose from."""
STATISTICS = ("icc", "variance", "wald")
"""What may be said of a model beside its coefficients; `variance.group`, `wald.C(race)`."""


@dataclass(frozen=True)
class Manner:
    """How a sentence is said: for so much of the covariate, with so many decimals, with its p,
    with the covariates it is adjusted for.
    """

    per: float | None = None
    decimals: int | None = None
    p: bool = False
    adjusted: bool = False


MANNERS = tuple(each.name for each in fields(Manner))


@dataclass(frozen=True)
class Asked:
    """The model, and what of it: the name of a coefficient, of a column, or of a statistic."""

    model: str
    what: str

    @property
    def statistic(self) -> tuple[str, str]:
        """("variance", "group"); ("", "") where it is a coefficient."""
        kind, _, name = self.what.partition(".")
        known = not name if kind == "icc" else bool(name) and kind in STATISTICS
        return (kind, name) if known else ("", "")


def asked(text: str) -> Asked:
    """The two parts of `model.what`. SpecError where there are not two."""
    model, *rest = split(text, ".")
    if not rest or not model or not rest[0]:
        refuse(
            "a sentence is about a number of a model: `model.column`",
            help='for example `sentence("sbp_gee.RIDAGEYR")`',
        )
    return Asked(model, text.split(model, 1)[1].strip().removeprefix(".").strip())


def refuse(message: str, help: str = "", hint: str = "") -> NoReturn:
    """A SpecError about what a sentence was asked for."""
    raise SpecError(Problem("sentence", message, help=help, hint=hint))


def unknown(message: str, given: str, known: Sequence[str]) -> NoReturn:
    """A SpecError about a name that there is not: the nearest one is proposed, some are listed."""
    near = similar(given, known)
    refuse(
        message, hint=f"did you mean `{near}`?" if near else "",
        help=f"there are: {', '.join(known[:MOST])}" if known else "there are none",
    )  # fmt: skip


def single_reading(name: str, columns: tuple[str, ...], others: dict[str, tuple[str, ...]]) -> None:
    """SpecError where a coefficient of the term `name` says nothing by itself: an interaction, a
    spline, a polynomial, or a column that other terms use as well.

    `others` are the other terms of the same equation, with their columns.
    """
    instead = "`table: contrasts` compares what the model says at values that you choose"
    if len(split(name, ":")) > 1:
        refuse(f"an interaction (`{name}`) has no reading of its own", help=instead)
    if name.partition("(")[0] in ("bs", "cr", "cc", "te", "poly") or "**" in name:
        refuse(f"one part of a curve (`{name}`) has no reading of its own", help=instead)
    shared = [other for other, theirs in others.items() if set(theirs) & set(columns)]
    if shared:
        column = columns[0]
        refuse(
            f"`{column}` stands in `{shared[0]}` as well, so no coefficient of it can be read "
            "alone", help=instead,
        )  # fmt: skip
