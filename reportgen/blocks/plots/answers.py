"""What a plot asked the run to compute, and what is wrong where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.plots.remarks import fitted
from reportgen.blocks.selection import answer
from reportgen.blocks.suiting import not_binary, weighted_rows
from reportgen.core.contracts import WEIGHTS, Request
from reportgen.core.document import Context
from reportgen.core.errors import Problem, SpecError
from reportgen.core.types import Facts, Model, Result, Variable


def judged(
    context: Context, names: Sequence[str], kind: str, **options: object
) -> dict[str, Request]:
    """The question how well each model predicts, by the models' ids.

    SpecError for a model that gives no probability of a yes, or whose rows have weights.
    """
    models = [model for model in context.select(names) if model.result.status != "failed"]
    for model in models:
        _binary(model, kind)
    return {model.id: Request(kind, options, of=model.id) for model in models}


def answered(context: Context, names: Sequence[str]) -> tuple[tuple[Model, Result], ...]:
    """The models that were fitted and judged, and what was found. FitError where none was."""
    models = fitted(context.select(names))
    kept = [model for model in models if context.computed[model.id].status != "failed"]
    return tuple((model, answer(context, model.id)) for model in kept or models[:1])


def _binary(model: Model, kind: str) -> None:
    method = model.result.method
    if method is None or method.family != "binomial":
        raise SpecError(not_binary(model.id, kind))
    if set(WEIGHTS) & set(model.result.inputs) or model.result.kind == "survey":
        raise SpecError(weighted_rows(model.id, kind))


def numeric(facts: Facts, column: str, plot: str) -> Variable:
    """The column of numbers that a plot shows. SpecError where it is one of categories."""
    variable = facts.variables.get(column) or Variable(column, column)
    if variable.categorical:
        raise SpecError(Problem(
            "not-numeric", f"`plot: {plot}` shows numbers, and `{column}` has levels", ("column",),
            help="`table: describe` counts the levels of a category",
        ))  # fmt: skip
    return variable


def few_groups(levels: Sequence[str], by: str | None, most: int) -> None:
    """SpecError where there are more groups than can be told apart."""
    if len(levels) > most:
        raise SpecError(Problem(
            "many-groups", f"`{by}` has {len(levels)} levels, and at most {most} can be shown",
            ("by",), help="group them with a recode: `{map: …}` or `{cut: …}`",
        ))  # fmt: skip
