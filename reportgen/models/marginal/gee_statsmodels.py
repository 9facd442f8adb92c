"""statsmodels' GEE, for those who ask for it: its estimates, held against our own equations. Heavy.

It is asked only where it solves the equations that were meant: its weights are those of other rows
in the correlation, and its structures over time count positions, not times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from statsmodels.genmod import cov_struct
from statsmodels.genmod.generalized_estimating_equations import GEE

from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models import findings
from reportgen.models.engines.equations import working

if TYPE_CHECKING:
    from reportgen.models.engines.equations.estimating import Solution
    from reportgen.models.engines.equations.gee import Equations
    from reportgen.models.engines.equations.streamed import Streamed

ITERATIONS, TOLERANCE, AGREES = 500, 1e-9, 1e-5


def solve(equations: Equations, family: Any) -> Solution:
    """The solution of statsmodels; `family` is its own. FitError where it is none, or solves other
    equations.
    """
    with findings.listening():
        results = model_of(equations, family).fit(maxiter=ITERATIONS, ctol=TOLERANCE)
    point = equations.at(results.params)
    p, association = len(results.params), equations.working.start()
    for _ in range(ITERATIONS):
        before, association = association, equations.working.estimate(point.e, p, association)
        if np.allclose(before, association, rtol=0, atol=TOLERANCE):
            break
    solution = equations.solution(point, association)
    if not solution.step < AGREES:
        raise unfit(say("not-a-solution"), ("engine",), help="leave `engine` out")
    return solution


def model_of(equations: Equations | Streamed, family: Any) -> Any:
    """The same equations as a model of statsmodels. FitError where its own are others."""
    structure = _structure(equations)
    times = getattr(equations.working, "positions", getattr(equations.working, "times", None))
    return GEE(
        equations.y, equations.X, groups=equations.working.units.codes, family=family,
        time=None if times is None else np.asarray(times).astype(int),
        cov_struct=structure, offset=equations.offset,
    )  # fmt: skip


def _structure(equations: Equations | Streamed) -> cov_struct.CovStruct:
    own = equations.working
    irregular = isinstance(own, working.Autoregressive) and not own.regular
    if equations.weights is not None or irregular or isinstance(own, working.Nested):
        raise unfit(say("engine_equations"), ("engine",), help="leave `engine` out")
    if isinstance(own, working.Stationary):
        return cov_struct.Stationary(max_lag=own.max_lag, grid=False)
    if isinstance(own, working.Autoregressive):
        return cov_struct.Autoregressive(grid=True)
    return getattr(cov_struct, type(own).__name__)()
