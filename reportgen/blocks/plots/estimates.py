"""The numbers of a forest plot: coefficients on the axis they share, and how each is written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from reportgen.blocks.equations import ratios_of
from reportgen.blocks.labels import joined, lowered, model_labels, outcome_text
from reportgen.blocks.plots import scale as scales
from reportgen.blocks.plots.scale import Scale, cutoff
from reportgen.blocks.selection import untested
from reportgen.blocks.tables.cells import exponential
from reportgen.blocks.terms import TermRow
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.errors import Problem, SpecError
from reportgen.core.types import Coef, Model
from reportgen.core.words import Words


@dataclass(frozen=True)
class Estimate:
    """One mark of the plot: which row and which model (by position), and where it stands.

    `value`, `low`, `high` are on the scale of the linear predictor, as is the axis; `low` and
    `high` equal `value` where there is no interval. `se` is None for a reference level.
    """

    row: int
    model: int
    value: float
    low: float
    high: float
    se: float | None = None
    reference: bool = False

    @property
    def reach(self) -> float:
        """How far from the null the interval goes."""
        return max(abs(self.low), abs(self.high))


def ratio_scale(
    models: Sequence[Model], exponentiate: bool | Literal["auto"], words: Words
) -> str | None:
    """What the exponentials of all coefficients are ("odds_ratio", …); None for a linear axis.

    SpecError where ratios are asked for and some model has none.
    """
    found = {scale for model in models for scale in ratios_of(model) or (None,)}
    if exponentiate is False or not found or found == {None}:
        linear = [model for model in models if exponentiate is True]
    else:
        linear = [model for model in models if not ratios_of(model)]
        if not linear:
            return str(found.pop()) if len(found) == 1 else "ratio"
    if linear and exponentiate is True:
        labels = model_labels(models)
        names = joined([f"`{labels[model.id]}`" for model in linear], words)
        raise SpecError(Problem(
            "no-ratio", f"the coefficients of {names} are no ratios", ("exponentiate",),
            help="leave `exponentiate` out, or show these models in a plot of their own",
        ))  # fmt: skip
    return None


def estimates(rows: Sequence[TermRow], models: Sequence[Model]) -> tuple[Estimate, ...]:
    """Every number that the models have for the rows, and the reference levels at the null."""
    return tuple(
        found
        for row, term in enumerate(rows)
        for position, model in enumerate(models)
        if (found := _estimate(row, term, position, model)) is not None
    )


def _estimate(row: int, term: TermRow, position: int, model: Model) -> Estimate | None:
    if model.id in term.references:
        return Estimate(row, position, 0.0, 0.0, 0.0, reference=True)
    coef = model.result.coef.get(term.coefs.get(model.id, ""), Coef(None))
    if coef.estimate is None or not math.isfinite(coef.estimate):
        return None
    limits = (coef.low, coef.high)
    low, high = (
        coef.estimate if limit is None or not math.isfinite(limit) else limit for limit in limits
    )
    return Estimate(row, position, coef.estimate, low, high, coef.se)


def axis(found: Sequence[Estimate], scale: str | None, *, null: bool = True) -> Scale:
    """The axis that shows them all, and the null; a few that lie far out are left beyond it.

    Estimates for which no value is special have no `null`, and none of them is far out.
    """
    if not null:
        return scales.linear(min(mark.low for mark in found), max(mark.high for mark in found))
    limit = cutoff(mark.reach for mark in found if not mark.reference)
    low = min((mark.low for mark in found), default=0.0)
    high = max((mark.high for mark in found), default=0.0)
    if limit is not None:
        low, high = max(low, -limit), min(high, limit)
    return (scales.ratio if scale else scales.linear)(min(low, 0.0), max(high, 0.0))


def title(models: Sequence[Model], scale: str | None, context: Context) -> str:
    """What the axis shows: "Difference in systolic blood pressure (mmHg), 95% CI"."""
    words = context.words
    levels = {numbers.level(model.result.confidence) for model in models}
    interval = words("column.ci", level=levels.pop() if len(levels) == 1 else "").strip()
    if scale:
        name = words.get(f"scale.{scale}", words("scale.ratio"))
        return words("forest.ratio", ratio=name, interval=interval)
    outcomes = {outcome_text(context, model) for model in models}
    if untested(models):
        return _estimates_title(models, outcomes, interval, words)
    links = {method.link for model in models if (method := model.result.method)}
    if links == {"identity"} and len(outcomes) == 1:
        outcome = lowered(outcomes.pop())
        return words("forest.difference", outcome=outcome, interval=interval)
    kinds = {scale for model in models for scale in ratios_of(model) or (None,)}
    if len(kinds) == 1 and None not in kinds:
        name = lowered(words.get(f"scale.{kinds.pop()}", words("scale.ratio")))
        return words("forest.logarithm", ratio=name, interval=interval)
    return words("forest.coefficient", interval=interval)


def _estimates_title(
    models: Sequence[Model], outcomes: set[str], interval: str, words: Words
) -> str:
    """What the axis shows of a survey: "Mean: systolic blood pressure (mmHg), 95% CI"."""
    kinds = {method.estimator for model in models if (method := model.result.method)}
    what = words(f"forest.{kinds.pop()}" if len(kinds) == 1 else "column.estimate")
    outcome = lowered(outcomes.pop()) if len(outcomes) == 1 else ""
    if not outcome:
        return words("forest.estimates", what=what, interval=interval)
    return words("forest.estimate_of", what=what, outcome=outcome, interval=interval)


def written(mark: Estimate, scale: str | None, words: Words) -> str:
    """An estimate with its interval, by the rules of tables: "0.474 (0.438 to 0.510)"."""
    values = plain(mark, scale)
    if mark.low == mark.high:
        return _value(values[0], mark, scale)
    decimals = numbers.ratio_decimals([values]) if scale else numbers.decimals_for(mark.se)
    value, low, high = (numbers.fixed(number, decimals) for number in values)
    return words("forest.estimate", estimate=value, low=low, high=high)


def plain(mark: Estimate, scale: str | None) -> tuple[float | None, float | None, float | None]:
    """Estimate and limits as a reader meets them: ratios where the axis shows ratios."""
    values = (mark.value, mark.low, mark.high)
    if scale is None:
        return values
    one, low, high = (exponential(value) for value in values)
    return one, low, high


def _value(value: float | None, mark: Estimate, scale: str | None) -> str:
    if scale:
        return numbers.fixed(value, numbers.ratio_decimals([(value,)]))
    return numbers.fixed(value, numbers.decimals_for(mark.se))


def beyond(found: Iterable[Estimate], scale: Scale) -> tuple[Estimate, ...]:
    """The estimates that the axis does not reach."""
    return tuple(mark for mark in found if not scale.holds(mark.value))
