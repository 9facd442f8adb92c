"""What `ordinal_gee` and `nominal_gee` share: marginal models of an outcome of levels. Light."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.clusters import WorkingCorrelation
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.types import Frame, Method, Note, Result
from reportgen.models.base import finite_stats, inference, rows_of, status_of
from reportgen.models.formulas.formula import parse
from reportgen.models.likelihoods.likelihood import Setup
from reportgen.models.marginal.gee import degrees, degrees_rule, untested

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.engines.equations.estimating import Solution
    from reportgen.models.engines.equations.levels import LevelEquations
    from reportgen.models.engines.regressions.categories import Shares
    from reportgen.models.formulas.design import Design

RATIO = "global_odds_ratio"


@dataclass(frozen=True)
class Outcome:
    """An outcome of levels as its kind models it.

    `setup` is its likelihood if rows were independent, with parameters, terms and equations;
    `codes` (n,) are its levels 0 … J - 1, whose probabilities `shares` makes of linear predictors,
    and these the matrices `designs` (n, p) of the parameters.
    """

    setup: Setup
    codes: np.ndarray
    designs: Sequence[np.ndarray]
    shares: Shares


@dataclass(frozen=True)
class Fit:
    """A live fit: the equations with their solution, and what they were made from."""

    options: Any
    design: Design
    outcome: Outcome
    equations: LevelEquations
    solution: Solution
    notes: tuple[Note, ...]


class LevelsGee(ABC):
    """Estimating equations of an outcome of several levels, to be told its levels by a kind."""

    version: ClassVar[str] = "1"
    kind: ClassVar[str]
    family: ClassVar[str]
    lacks: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("llf", "aic", "bic"), "estimating equations have no likelihood; ask for `qic` or `qicu`"
    )

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing that the keys alone could have wrong."""
        return ()

    @abstractmethod
    def outcome(self, options: Any, design: Design, frame: Frame) -> Outcome:
        """The levels and their probabilities. FitError where they are too few."""

    def link(self, options: Any) -> str:
        """The link."""
        return "logit"

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The solution of the estimating equations. FitError where it is not reached or terms
        cannot be told apart; DataError for an outcome or clusters that cannot be.
        """
        from reportgen.models import findings
        from reportgen.models.formulas.design import build
        from reportgen.models.marginal import levels_solution

        design = build(
            parse(options.formula), frame, (), groups=options.groups, categories=True
        )  # fmt: skip
        groups = len(set(design.column(options.groups).tolist()))
        findings.check_groups(options.groups, groups, design.n)
        return levels_solution.solved(options, design, self.outcome(options, design, frame), start)

    def tidy(self, fit: Fit) -> Result:
        """The fit as plain data. The ICC is the exchangeable working correlation."""
        import numpy as np

        from reportgen.models.marginal.quasi import criteria

        options, setup, solution = fit.options, fit.outcome.setup, fit.solution
        names = [parameter.name for parameter in setup.parameters]
        df = degrees(options, len(solution.meat), len(names))
        found = inference(
            names, setup.terms, solution.beta, getattr(solution, options.cov_type),
            notes=fit.notes, df=None if df is None else max(df, 1), confidence=options.confidence,
        )  # fmt: skip
        if df is not None and df <= 0:
            found["coef"] = untested(found["coef"])
        own = solution.point.mean[np.arange(fit.design.n), fit.equations.codes]
        rows = rows_of(fit.design, options.groups) | {"terms": setup.terms, "center": {}}
        rows.pop("events", None)
        correlated, working = options.cov_struct == "exchangeable", _working(options, solution)
        return Result(
            kind=self.kind,
            status=status_of(fit.notes),
            confidence=options.confidence,
            method=self._method(fit),
            equations=setup.equations,
            stats=finite_stats(
                {
                    **(
                        {RATIO: working.values[options.groups]}
                        if working.structure == RATIO
                        else {}
                    ),
                    **criteria(fit.equations, solution, float(np.log(own).sum())),
                }
            ),
            icc=float(solution.association[0]) if correlated else None,
            working=working,
            notes=fit.notes,
            **found,
            **rows,
        )

    def augment(self, fit: Fit) -> Mapping[str, tuple[float, ...]]:
        """Nothing: an outcome of several levels has no one residual."""
        return {}

    def _method(self, fit: Fit) -> Method:
        options, link = fit.options, self.link(fit.options)
        return Method(
            "gee", options.cov_type, engine="fast", family=self.family, link=link,
            scale="odds_ratio" if link == "logit" else None, groups=options.groups,
            target="population", correlation=options.cov_struct,
            details={"df": degrees_rule(options), **fit.outcome.setup.details},
        )  # fmt: skip


def _working(options: Any, solution: Solution) -> WorkingCorrelation:
    """The one parameter of a structure, a correlation or an odds ratio."""
    import math

    name = options.cov_struct
    if name == "independence":
        return WorkingCorrelation(name)
    value = float(solution.association[0])
    shown = math.exp(value) if name == RATIO else value
    return WorkingCorrelation(name, {options.groups: shown})
