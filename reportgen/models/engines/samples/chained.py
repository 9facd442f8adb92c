"""Completed data sets by chained equations, on statsmodels' MICEData. Heavy.

Numbers: predictive mean matching (Little 1988) from a linear model whose coefficients are drawn.
Levels: a draw from a multinomial logit whose coefficients are drawn. Every column is predicted by
all others; clusters enter as indicators. One chain; the same seed gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.linalg import qr, solve_triangular
from statsmodels.imputation.mice import MICEData

from reportgen.core.dataclass import dataclass
from reportgen.core.types import Frame, level_text
from reportgen.models.engines.samples import multinomial

if TYPE_CHECKING:
    from reportgen.models.imputed.imputation import Request

Keys = dict[str, Any]
PLACE = "row"
"""A column of MICEData that is complete, so that no row is dropped as empty."""


@dataclass(frozen=True)
class Coding:
    """A column as numbers 0, 1, … and back. `levels` is empty where it is a number itself."""

    name: str
    levels: tuple[Any, ...] = ()

    def codes(self, column: pd.Series[Any]) -> np.ndarray:
        """The values as floats, NaN where missing, shape (n,)."""
        if not self.levels:
            numbers: np.ndarray = column.to_numpy(dtype=float, na_value=np.nan)
            return numbers
        places = {level: float(place) for place, level in enumerate(self.levels)}
        coded = column.astype(object).map(places, na_action="ignore")
        found: np.ndarray = coded.to_numpy(dtype=float, na_value=np.nan)
        return found

    def values(self, column: pd.Series[Any], codes: np.ndarray) -> pd.Series[Any]:
        """The column with its missing values taken from `codes` (n,)."""
        missing = column.isna().to_numpy()
        filled = codes[missing]
        chosen: Any = [self.levels[int(code)] for code in filled] if self.levels else filled
        if pd.api.types.is_integer_dtype(column.dtype):
            column = column.astype("Float64")
        made = column.copy()
        made.iloc[np.flatnonzero(missing)] = chosen
        return made

    def block(self, codes: np.ndarray) -> np.ndarray:
        """How it predicts others: standardised (n, 1), or an indicator a level (n, K-1)."""
        if self.levels:
            found: np.ndarray = (codes[:, None] == np.arange(1, len(self.levels))).astype(float)
            return found
        spread = np.nanstd(codes)
        scaled: np.ndarray = (codes - np.nanmean(codes)) / (spread if spread > 0 else 1.0)
        return scaled.reshape(-1, 1)


def coding(name: str, column: pd.Series[Any], *, category: bool) -> Coding:
    """How a column is coded: by its levels where it is a category or has two values."""
    present = column.dropna().unique()
    if category or len(present) <= 2:
        return Coding(name, tuple(sorted(present.tolist(), key=level_text)))
    return Coding(name)


def completed(frame: Frame, request: Request) -> Iterator[Frame]:
    """`request.copies` frames in which the columns to impute have no missing value.

    Rows without a place in the design (a missing cluster or weight) stay as they are.
    """
    table = frame.table
    placed = table[list(request.design)].notna().all(axis=1).to_numpy()
    rows = table.loc[placed]
    names = (*request.columns, *request.helpers)
    codings = [coding(name, rows[name], category=name in request.categories) for name in names]
    chain = Chain(rows, codings, request)
    for number in range(request.copies):
        chain.turn(first=number == 0)
        made = {}
        for each in chain.incomplete:
            codes = np.full(len(table), np.nan)
            codes[placed] = chain.data[each.name].to_numpy()
            made[each.name] = _filled(each, table[each.name], codes, placed)
        yield replace(frame, table=table.assign(**made))


def _filled(
    each: Coding, column: pd.Series[Any], codes: np.ndarray, placed: np.ndarray
) -> pd.Series[Any]:
    if placed.all():
        return each.values(column, codes)
    filled = each.values(column[placed], codes[placed])
    others = column[~placed].astype(filled.dtype)
    whole: pd.Series[Any] = pd.concat([filled, others]).reindex(column.index)
    return whole


class Chain(MICEData):  # type: ignore[misc]
    """MICEData with the matrices built here, levels drawn as levels, and a generator of its own."""

    def __init__(self, rows: pd.DataFrame, codings: Sequence[Coding], request: Request) -> None:
        coded = pd.DataFrame({each.name: each.codes(rows[each.name]) for each in codings})
        self.codings = {each.name: each for each in codings}
        self.request = request
        self.modes: dict[str, np.ndarray] = {}
        super().__init__(
            coded.assign(**{PLACE: np.arange(len(coded), dtype=float)}),
            rng=np.random.default_rng(request.seed),
        )
        self.k_pmm = request.donors
        self.incomplete = tuple(each for each in codings if len(self.ix_miss[each.name]))
        self.fixed = _independent(np.column_stack([
            np.ones(len(coded)),
            *(each.block(self.data[each.name].to_numpy()) for each in codings
              if not len(self.ix_miss[each.name])),
            *(_indicators(rows, columns) for columns in request.clusters),
        ]))  # fmt: skip

    def turn(self, *, first: bool) -> None:
        """Go through the columns until the next completed data set may be taken."""
        several = len(self.incomplete) > 1
        self.update_all((self.request.burn_in if first else self.request.skip) if several else 1)

    def matrix(self, name: str) -> np.ndarray:
        """What predicts a column: everything else, (n, p)."""
        others = [each for each in self.incomplete if each.name != name]
        blocks = [each.block(self.data[each.name].to_numpy()) for each in others]
        return np.column_stack([self.fixed, *blocks])

    def get_fitting_data(self, vname: str) -> tuple[np.ndarray, np.ndarray, Keys, Keys]:
        """Outcome and predictors of the rows in which a column is known."""
        known = self.ix_obs[vname]
        return self.data[vname].to_numpy()[known], self.matrix(vname)[known], {}, {}

    def get_split_data(self, vname: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, Keys, Keys]:
        """The same, and the predictors of the rows in which it is missing."""
        X, known, missing = self.matrix(vname), self.ix_obs[vname], self.ix_miss[vname]
        return self.data[vname].to_numpy()[known], X[known], X[missing], {}, {}

    def perturb_params(self, vname: str) -> None:
        """Draw the coefficients of the model of one column from their posterior."""
        levels = len(self.codings[vname].levels)
        y, X, _, _ = self.get_fitting_data(vname)
        if not levels:
            self.models[vname] = self.model_class[vname](y, X)
            self.params[vname] = _linear(X, y, self.rng)
            return
        start = self.modes.get(vname)
        if start is None:
            start = np.zeros((X.shape[1], levels - 1))
        self.params[vname], self.modes[vname] = multinomial.draw(
            X, y.astype(int), levels, start, self.rng
        )

    def impute(self, vname: str) -> None:
        """Draw the missing values of one column, given the drawn coefficients."""
        if not self.codings[vname].levels:
            self.impute_pmm(vname)
            return
        missing = self.ix_miss[vname]
        chances = multinomial.probabilities(self.matrix(vname)[missing], self.params[vname])
        ends = np.cumsum(chances, axis=1)
        drawn = (self.rng.random(len(missing))[:, None] > ends[:, :-1]).sum(axis=1)
        self.data.iloc[missing, self.data.columns.get_loc(vname)] = drawn.astype(float)


def _linear(X: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Coefficients (p,) of a linear model drawn with their variance (Rubin 1987, p. 167).

    Columns that nearly determine each other share a coefficient: a ridge of 1e-8 of the diagonal.
    """
    n, p = X.shape
    products = X.T @ X
    lower = np.linalg.cholesky(products + 1e-8 * np.diag(np.diag(products)))
    mean = solve_triangular(
        lower, solve_triangular(lower, X.T @ y, lower=True), lower=True, trans="T"
    )
    left = float(((y - X @ mean) ** 2).sum())
    scale = left / rng.chisquare(max(n - p, 1))
    noise = solve_triangular(lower, rng.standard_normal(p), lower=True, trans="T")
    drawn: np.ndarray = mean + np.sqrt(scale) * noise
    return drawn


def _indicators(rows: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """An indicator for each cluster but the first, (n, G-1); of several columns their crossing."""
    codes = rows.groupby(list(columns), sort=True, observed=True).ngroup().to_numpy()
    found: np.ndarray = (codes[:, None] == np.arange(1, codes.max() + 1)).astype(float)
    return found


def _independent(X: np.ndarray) -> np.ndarray:
    """The columns that are no combination of those before them."""
    lengths = np.linalg.norm(X, axis=0)
    lengths[lengths == 0] = 1.0
    r, order = qr(X / lengths, mode="r", pivoting=True)
    share = np.abs(np.diag(r)) / abs(r[0, 0])
    kept = np.sort(order[: len(share)][share > 1e-9])
    return X[:, kept]
