"""A fit taken up again: its coefficients, and the design of any rows, coded as its own were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Coef, Frame, Result
from reportgen.models.formulas.design import factors_of, levels_of, matrix
from reportgen.models.formulas.evaluate import is_category
from reportgen.models.formulas.formula import Formula, parse, parse_effects
from reportgen.models.formulas.rows import complete

if TYPE_CHECKING:
    import pandas as pd

READ = frozenset({"dispersion", "count", "inflate", "outcome", "threshold"})
"""Equations that there is a reading of."""
LEVELLED = frozenset({"multinomial", "ordered"})
"""Families whose outcome has levels, a probability each."""


@dataclass(frozen=True)
class Inflation:
    """The excess zeros of counts: their terms, and what stands before the names of coefficients."""

    formula: Formula
    prefix: str


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

    b (p,), V (p, p) and df (p,; infinite for the normal law) are in the order of the Result's
    coefficients, all equations', and two places more. `absent` marks those that are not usable:
    coefficients that are withheld, and the last place, of an intercept that the model does not
    have; there b and V are 0. The last but one is an origin: a 0 that is known.
    `weights` (n,) add up to 1: what each row counts in an average. `offset` (n,) is what every
    row's linear predictor has beside its terms.
    """

    result: Result
    formula: Formula
    inflation: Inflation | None
    rows: pd.DataFrame
    frame: Frame
    covariates: dict[str, Covariate]
    b: np.ndarray
    V: np.ndarray
    df: np.ndarray
    absent: np.ndarray
    weights: np.ndarray
    offset: np.ndarray

    def design(self, formula: Formula, at: pd.DataFrame) -> np.ndarray:
        """The design matrix (k, q) of the rows `at`, with this fit's levels, means and knots."""
        return matrix(formula, self.rows, self.frame.facts.variables, at=at)[0]

    def places(self, formula: Formula, prefix: str = "", *, origin: bool = False) -> np.ndarray:
        """Where the coefficients of a formula's columns stand in b (q,), named after `prefix`.

        An intercept that the model does not have is unknown, or 0 where it has an `origin`.
        FitError where another column has no coefficient.
        """
        names = matrix(formula, self.rows, self.frame.facts.variables)[1]
        known = {name: place for place, name in enumerate(self.result.coef)}
        known.setdefault(f"{prefix}Intercept", len(self.b) - (2 if origin else 1))
        if any(prefix + name not in known for name in names):
            raise unfit(say("other-design"))
        return np.array([known[prefix + name] for name in names])

    def at(self, names: tuple[str, ...]) -> np.ndarray:
        """Where coefficients stand in b."""
        order = list(self.result.coef)
        return np.array([order.index(name) for name in names])

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

    FitError where it failed, has no covariance, has equations that are not read, or where the rows
    it used cannot be found again (values that were imputed).
    """
    _refuse(result)
    formula, inflation = parse(result.formula), _inflation(result)
    rows, _ = complete(frame, result.columns or formula.columns)
    if result.kind == "survey":
        rows = rows.loc[_inside(result, rows)]
    if len(rows) != result.n:
        raise unfit(say("rows-not-found"))
    weights, formulas = _weights(result, rows), [formula]
    if inflation is not None:
        formulas.append(inflation.formula)
    usable = np.array([_usable(coef) for coef in result.coef.values()])
    covariance = np.array(result.vcov)
    covariance[~usable] = covariance[:, ~usable] = 0.0
    estimates = [coef.estimate for coef in result.coef.values()]
    return Fitted(
        result=result, formula=formula, inflation=inflation, rows=rows, frame=frame,
        covariates=_covariates(formulas, rows, frame, weights),
        b=np.append(np.where(usable, np.array(estimates, dtype=float), 0.0), [0.0, 0.0]),
        V=np.pad(covariance, (0, 2)),
        df=np.array([*(_df(coef) for coef in result.coef.values()), np.inf, np.inf]),
        absent=np.append(~usable, [False, True]), weights=weights, offset=_offset(result, rows),
    )  # fmt: skip


def _refuse(result: Result) -> None:
    if result.status == "failed":
        raise unfit(say("fit-failed", reason=result.notes[0].said if result.notes else ""))
    if not result.formula:
        raise unfit(say("no-formula"))
    if not result.vcov:
        raise unfit(say("no-covariance"))
    kinds = {each.kind for each in result.equations.values()}
    levelled = result.method is not None and result.method.family in LEVELLED
    if not kinds <= READ or (kinds & {"outcome", "threshold"} and not levelled):
        raise unfit(say("several-equations"))


def _inflation(result: Result) -> Inflation | None:
    """The excess zeros, by the terms that the model was given for them."""
    text = _details(result, "exog_infl")
    prefixes = [each.prefix for each in result.equations.values() if each.kind == "inflate"]
    return Inflation(parse_effects(text), prefixes[0]) if text and prefixes else None


def _usable(coef: Coef) -> bool:
    return coef.estimate is not None and coef.se is not None


def _df(coef: Coef) -> float:
    return np.inf if coef.df is None else coef.df


def _covariates(
    formulas: list[Formula], rows: pd.DataFrame, frame: Frame, weights: np.ndarray
) -> dict[str, Covariate]:
    factors = [factor for formula in formulas for factor in factors_of(formula)]
    categories = {factor.columns[0] for factor in factors if is_category(factor, rows)}
    found = {}
    for name in dict.fromkeys(name for factor in factors for name in factor.columns):
        column = rows[name]
        if name in categories:
            texts = level_texts(column)
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
            raise unfit(say("no-weights_average"))
    values = np.ones(len(rows)) if name is None else rows[name].to_numpy(dtype=float)
    return np.asarray(values / values.sum())


def _offset(result: Result, rows: pd.DataFrame) -> np.ndarray:
    found = np.zeros(len(rows))
    if "offset" in result.inputs:
        found = found + rows[result.inputs["offset"]].to_numpy(dtype=float)
    if "exposure" in result.inputs:
        found = found + np.log(rows[result.inputs["exposure"]].to_numpy(dtype=float))
    return found
