"""A fit taken up again: its coefficients, and the design of any rows, coded as its own were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from reportgen.core.errors import DataError, FitError, Problem
from reportgen.core.types import Coef, Frame, Result, level_text
from reportgen.models.design import complete, factors_of, levels_of, matrix
from reportgen.models.evaluate import is_category
from reportgen.models.families import LINKS
from reportgen.models.formula import Formula, parse

if TYPE_CHECKING:
    import pandas as pd

HARMLESS = frozenset({"dispersion"})
"""Equations of a model that its mean does not depend on."""


@dataclass(frozen=True)
class Covariate:
    """A column of the right-hand side: its levels (text → value in the data), or its range."""

    name: str
    levels: dict[str, Any]
    low: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    spread: float = 0.0

    @property
    def numeric(self) -> bool:
        """Whether it enters as a number."""
        return not self.levels


@dataclass(frozen=True)
class Fitted:
    """A fit and its rows.

    b (p,), V (p, p) and df (p,; infinite for the normal law) are in the order of the design's
    columns; `absent` marks columns without a usable coefficient (the intercept of a model that has
    none, a coefficient that is withheld), where b and V are 0.
    `weights` (n,) add up to 1: what each row counts in an average. `offset` (n,) is what every
    row's linear predictor has beside its terms.
    """

    result: Result
    formula: Formula
    rows: pd.DataFrame
    frame: Frame
    covariates: dict[str, Covariate]
    names: tuple[str, ...]
    b: np.ndarray
    V: np.ndarray
    df: np.ndarray
    absent: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    link: Any

    def design(self, at: pd.DataFrame) -> np.ndarray:
        """The design matrix (k, p) of the rows `at`, with this fit's levels, means and knots."""
        return matrix(self.formula, self.rows, self.frame.facts.variables, at=at)[0]

    def covariate(self, name: str) -> Covariate:
        """A column of the right-hand side. DataError for another."""
        if name not in self.covariates:
            raise DataError(Problem(
                "not-in-model", f"`{name}` is no covariate of the model", (),
                help=f"covariates: {', '.join(self.covariates)}",
            ))  # fmt: skip
        return self.covariates[name]


def taken_up(result: Result, frame: Frame) -> Fitted:
    """A fit from its Result and the rows it was given.

    FitError where it failed, has no covariance, has more than one equation, or where the rows it
    used cannot be found again (values that were imputed).
    """
    _refuse(result)
    formula = parse(result.formula)
    rows, _ = complete(frame, result.columns or formula.columns)
    if result.kind == "survey":
        rows = rows.loc[_inside(result, rows)]
    if len(rows) != result.n:
        raise _unusable("rows-not-found", "the rows it used are not those of its data")
    names = matrix(formula, rows, frame.facts.variables)[1]
    coef, order = result.coef, list(result.coef)
    if any(name not in coef for name in names if name != "Intercept"):
        raise _unusable("other-design", "its coefficients are not those of its formula")
    known = [name in coef and _usable(coef[name]) for name in names]
    places = [order.index(name) for name, usable in zip(names, known, strict=True) if usable]
    here = np.ix_(np.flatnonzero(known), np.flatnonzero(known))
    V = np.zeros((len(names), len(names)))
    V[here] = np.array(result.vcov)[np.ix_(places, places)]
    weights = _weights(result, rows)
    link = result.method.link if result.method else ""
    return Fitted(
        result=result, formula=formula, rows=rows, frame=frame,
        covariates=_covariates(formula, rows, frame, weights), names=names,
        b=np.array([
            coef[name].estimate if usable else 0.0
            for name, usable in zip(names, known, strict=True)
        ], dtype=float),
        V=V, df=np.array([_df(coef.get(name)) for name in names]), absent=~np.array(known),
        weights=weights, offset=_offset(result, rows), link=_link(link),
    )  # fmt: skip


def _refuse(result: Result) -> None:
    if result.status == "failed":
        raise _unusable("fit-failed", result.notes[0].text if result.notes else "")
    if not result.formula:
        raise _unusable("no-formula", "it has no covariates")
    if not result.vcov:
        raise _unusable("no-covariance", "the covariance of its coefficients is not known")
    if any(each.kind not in HARMLESS for each in result.equations.values()):
        raise _unusable("several-equations", "it has more than one equation")


def _unusable(code: str, reason: str) -> FitError:
    return FitError(Problem(code, f"nothing can be computed from the model: {reason}"))


def _usable(coef: Coef) -> bool:
    return coef.estimate is not None and coef.se is not None


def _df(coef: Coef | None) -> float:
    return np.inf if coef is None or coef.df is None else coef.df


def _link(name: str) -> Any:
    """The link as statsmodels' object; None for one that is not known."""
    from statsmodels.genmod.families import links

    return getattr(links, LINKS[name])() if name in LINKS else None


def _covariates(
    formula: Formula, rows: pd.DataFrame, frame: Frame, weights: np.ndarray
) -> dict[str, Covariate]:
    categories = {factor.columns[0] for factor in factors_of(formula) if is_category(factor, rows)}
    found = {}
    for name in dict.fromkeys(name for term in formula.terms for name in term.columns):
        column = rows[name]
        if name in categories:
            texts = column.map(level_text)
            first = {text: column.iloc[int(np.argmax(texts == text))] for text in texts.unique()}
            order = levels_of(column, frame.facts.variables.get(name))
            found[name] = Covariate(name, {level: first[level] for level in order})
        elif is_numeric_dtype(column) and not is_bool_dtype(column):
            values = column.to_numpy(dtype=float)
            mean = float(weights @ values)
            spread = float(np.sqrt(weights @ (values - mean) ** 2))
            found[name] = Covariate(
                name, {}, float(values.min()), float(values.max()), mean, spread
            )
    return found


def _inside(result: Result, rows: pd.DataFrame) -> np.ndarray:
    """The rows of a survey that count: those with a weight, in the subpopulation."""
    inside = np.ones(len(rows), dtype=bool)
    if "weights" in result.inputs:
        inside &= rows[result.inputs["weights"]].fillna(0.0).to_numpy(dtype=float) > 0
    domain = _details(result, "domain")
    if domain is not None:
        inside &= rows[domain].astype("Float64").fillna(0.0).ne(0.0).to_numpy(dtype=bool)
    return inside


def _details(result: Result, name: str) -> Any:
    return result.method.details.get(name) if result.method else None


def _weights(result: Result, rows: pd.DataFrame) -> np.ndarray:
    """Rows that stand for several count as often: frequency weights, and a survey's."""
    name = result.inputs.get("freq_weights")
    if result.kind == "survey":
        name = result.inputs.get("weights")
        if name is None and _details(result, "fpc") is not None:
            raise _unusable(
                "no-weights", "what each row counts in an average is no column of its data"
            )
    values = np.ones(len(rows)) if name is None else rows[name].to_numpy(dtype=float)
    return np.asarray(values / values.sum())


def _offset(result: Result, rows: pd.DataFrame) -> np.ndarray:
    found = np.zeros(len(rows))
    if "offset" in result.inputs:
        found = found + rows[result.inputs["offset"]].to_numpy(dtype=float)
    if "exposure" in result.inputs:
        found = found + np.log(rows[result.inputs["exposure"]].to_numpy(dtype=float))
    return found
