"""Estimating equations solved on the rows and columns that have a solution. Heavy."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError
from reportgen.core.types import Note, Result
from reportgen.models.engine import asks_statsmodels, gee_seconds
from reportgen.models.engines.equations.estimating import Solution
from reportgen.models.engines.equations.gee import Equations
from reportgen.models.engines.equations.streamed import Streamed
from reportgen.models.engines.equations.working import Working
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.formulas.design import Design
from reportgen.models.health import columns
from reportgen.models.health import solution as after
from reportgen.models.health.outcome import one_sided_levels
from reportgen.models.health.separation import Remainder, remainder
from reportgen.models.marginal import clusters, gee_findings
from reportgen.models.marginal.clusters import Ordered
from reportgen.models.regression import families
from reportgen.models.regression.glm import arrays, starting
from reportgen.models.regression.glm_solution import BOUNDED

CONVERGED, NEAR = 1e-6, 1e-3
CONSTANT = ("independence", "exchangeable")


@dataclass(frozen=True)
class Estimate:
    """A solution, the equations and the order of rows that it belongs to."""

    found: Ordered
    equations: Equations | Streamed
    solution: Solution
    engine: str


@dataclass(frozen=True)
class Solved:
    """An estimate; which rows (n,) of the design and which columns, by place, it rests on."""

    estimate: Estimate
    rows: np.ndarray
    columns: np.ndarray
    notes: tuple[Note, ...]


def solved(options: Any, design: Design, start: Result | None) -> Solved:
    """The solution for the columns that can be told apart; where terms predict a bounded outcome
    without error, for the rows that are left and the columns that these tell of. FitError for none.
    """
    basis = columns.basis(design.blocks, design.names)
    kept, rows, notes = basis.kept, np.ones(design.n, dtype=bool), basis.notes
    used = _part(design, rows, kept)
    estimate: Estimate | None = None
    try:
        estimate = _estimate(options, used, start)
    except (FitError, np.linalg.LinAlgError) as error:
        rest = _separated(options, used, None)
        if rest is None:
            raise _broken(error, notes) from error
    else:
        rest = _separated(options, used, estimate.solution.point.mean)
    if rest is not None:
        rows, kept, notes = rest.rows, kept[rest.columns], notes + rest.notes
        used = _part(used, rest.rows, rest.columns)
        estimate = _estimate(options, used, None)
    assert estimate is not None
    notes += estimate.found.notes
    notes += tuple(gee_findings.of_clusters(options, used, estimate.found, len(used.names)))
    notes += tuple(
        gee_findings.of_correlation(options, estimate.found, estimate.solution.association)
    )
    notes += tuple(gee_findings.of_solution(options, used, estimate.found, estimate.solution))
    return Solved(estimate, rows, kept, notes)


def _part(design: Design, rows: np.ndarray, kept: np.ndarray) -> Design:
    """The same design with fewer rows and columns."""
    names = tuple(design.names[place] for place in kept.tolist())
    if rows.all():
        return replace(design, blocks=design.blocks.columns(kept), names=names)
    return replace(
        design, y=design.y[rows], blocks=Blocks.of(design.X[np.ix_(rows, kept)]), names=names,
        rows=design.rows.loc[rows],
    )  # fmt: skip


def _estimate(options: Any, design: Design, start: Result | None) -> Estimate:
    """The solution for a design, its rows sorted by cluster. FitError where there is none."""
    if streams(options, design):
        found = clusters.scattered(options, design)
        streamed = Streamed(design.y, design.blocks, *_terms(options, design, found))
        return Estimate(found, streamed, _reached(streamed, starting(start, design)), "fast")
    found = clusters.ordered(options, design)
    equations = Equations(
        found.sorted(design.y), found.sorted(design.X), *_terms(options, design, found)
    )
    if options.engine == "statsmodels":
        return Estimate(found, equations, _theirs(options, equations), "statsmodels")
    solution = _reached(equations, starting(start, design))
    units, serial = equations.working.units, options.cov_struct not in CONSTANT
    if asks_statsmodels(options.engine, gee_seconds(design.n, len(units), serial=serial)):
        # Where its equations are others, or it finds no solution of ours, ours stands alone.
        with suppress(FitError, np.linalg.LinAlgError, ValueError):
            return Estimate(found, equations, _theirs(options, equations), "statsmodels")
    return Estimate(found, equations, solution, "fast")


def _terms(
    options: Any, design: Design, found: Ordered
) -> tuple[Any, Working, np.ndarray | None, np.ndarray | None, bool]:
    """What equations have beside y and X: family, structure, offset, weights, a fixed φ."""
    given = {key: found.sorted(values) for key, values in arrays(options, design).items()}
    offset, weights = given.get("offset"), given.get("weights")
    if "exposure" in given:
        offset = np.log(given["exposure"]) + (0 if offset is None else offset)
    return (
        families.family_of(options), found.structure, offset,
        None if weights is None else weights / weights.mean(),
        options.family in families.FIXED_SCALE,
    )  # fmt: skip


def streams(options: Any, design: Design) -> bool:
    """Whether the rows of a design are too many to be held as a matrix, and need not be."""
    able = options.cov_struct in CONSTANT and options.engine != "statsmodels"
    return able and not design.blocks.single


def _reached(equations: Equations | Streamed, start: np.ndarray | None) -> Solution:
    """The solution. FitError where the last step was still one."""
    solution = equations.solve(start)
    if not solution.step < CONVERGED:
        raise after.not_converged(solution.iterations)
    return solution


def _theirs(options: Any, equations: Equations) -> Solution:
    from reportgen.models.marginal.gee_statsmodels import solve

    return solve(equations, families.statsmodels_of(options))


def _separated(options: Any, design: Design, mean: np.ndarray | None) -> Remainder | None:
    """What is left where the outcome is separated; looked for where no means were found, some are
    near their bounds, or a level has one outcome.

    A working correlation can give a separated coefficient a finite solution that means nothing,
    so a level is looked at whatever the means are.
    """
    if families.link_of(options.family, options.link) not in BOUNDED.get(options.family, ()):
        return None
    binary = options.family == "binomial"
    if mean is not None:
        nearest = min(mean.min(), 1 - mean.max()) if binary else mean.min() / design.y.mean()
        if nearest > NEAR and not list(one_sided_levels(design, counts=not binary)):
            return None
    return remainder(design, design.X, design.names, counts=not binary)


def _broken(error: Exception, notes: tuple[Note, ...]) -> FitError:
    """What stopped the fit, in words: columns that nearly depend on each other where there are."""
    near = any(note.code == "ill-conditioned" for note in notes)
    if isinstance(error, FitError) and not near:
        return error
    return after.not_converged(0, notes)
