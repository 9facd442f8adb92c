"""Covariates that a block names: they stand in the formula of every model it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportgen.core.errors import Path, SpecError
from reportgen.core.options import Marked
from reportgen.models.formulas.formula import parse, parse_effects
from reportgen.plan.problems import Problems
from reportgen.plan.types import FitPlan


def check_covariate(
    mark: Marked,
    models: Sequence[str],
    base: Path,
    fits: Mapping[str, FitPlan],
    problems: Problems,
) -> None:
    """Tell a covariate that is not on the right-hand side of a model that the block names."""
    path = (*base, *mark.path)
    if path not in problems.source.values and path[:-1] in problems.source.values:
        path = path[:-1]
    for fit in fits.values():
        # A member of a model with `by` is known once the data are read: `name[level]`.
        named = any(
            name in (fit.id, fit.name) or name.startswith(f"{fit.name}[") for name in models
        )
        known = covariates(fit)
        if named and known is not None and mark.text not in known:
            message = f"`{mark.text}` is no covariate of the model `{fit.name}`"
            help_ = f"its covariates: {', '.join(known)}" if known else "it has none"
            problems.unknown(
                "unknown-covariate", message, mark.text, known, path, key=mark.key, help=help_
            )


def covariates(fit: FitPlan) -> tuple[str, ...] | None:
    """The columns on the right-hand side, each once, then those of the excess zeros alone; None
    where there is no formula to read.
    """
    text = getattr(fit.options, "formula", None)
    if not text:
        return None
    try:
        terms = parse(text).terms
        terms += parse_effects(getattr(fit.options, "exog_infl", "1")).terms
    except SpecError:
        return None  # what is wrong with the formula is told where it stands
    return tuple(dict.fromkeys(name for term in terms for name in term.columns))
