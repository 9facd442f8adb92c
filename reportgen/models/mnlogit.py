"""`mnlogit`: multinomial logistic regression of an outcome of several levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.types import Equation, Frame
from reportgen.models.likelihood import LikelihoodKind, LikelihoodOptions, Setup

if TYPE_CHECKING:
    from reportgen.models.design import Design


class Mnlogit(LikelihoodKind):
    """Odds of each level of the outcome against its first (or its `reference`)."""

    kind: ClassVar[str] = "mnlogit"
    family: ClassVar[str] = "multinomial"
    link: ClassVar[str] = "logit"
    scale: ClassVar[str | None] = "odds_ratio"
    categories: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(LikelihoodOptions):
        """Keys of `mnlogit`."""

    def setup(self, options: Any, design: Design, frame: Frame) -> Setup:
        """A linear predictor for each level but the reference."""
        import numpy as np

        from reportgen.models import countdata
        from reportgen.models.engines import categories
        from reportgen.models.engines.predictors import Likelihood

        variable = frame.facts.variables.get(design.outcome)
        levels = list(design.levels)
        base = variable.reference if variable and variable.reference in levels else levels[0]
        others = [level for level in levels if level != base]
        order = [base, *others]
        codes = np.array([order.index(levels[int(place)]) for place in design.y])
        parameters, terms, equations = [], [], {}
        for level in others:
            prefix = f"{design.outcome}={level}:"
            key = f"{design.outcome}={level}"
            equations[key] = Equation("outcome", prefix, "odds_ratio", level, base)
            parameters += countdata.parameters(design.names, design.X, "logit", prefix)
            terms += countdata.in_equation(design.terms, key, prefix)
        rows, one = categories.multinomial(codes), np.ones((design.n, 1))
        counts = np.bincount(codes)
        return Setup(
            Likelihood(rows, _designs(design.X, len(others))),
            np.zeros(len(parameters)), tuple(parameters), tuple(terms), equations,
            null=(Likelihood(rows, _designs(one, len(others))), np.zeros(len(others))),
            bounds=_bounds(design.X, codes, len(others)),
            events=float(counts.min()),
            details={"reference": base},
        )  # fmt: skip


def _designs(X: Any, size: int) -> list[Any]:
    """The columns of each predictor among those of all."""
    import numpy as np

    n, p = X.shape
    made = []
    for place in range(size):
        whole = np.zeros((n, p * size))
        whole[:, place * p : (place + 1) * p] = X
        made.append(whole)
    return made


def _bounds(X: Any, codes: Any, size: int) -> Any:
    """What must not fall for a row's likelihood not to fall: its own predictor less each other."""
    import numpy as np

    designs = [np.zeros((len(X), X.shape[1] * size)), *_designs(X, size)]
    own = np.empty_like(designs[0])
    for level, design in enumerate(designs):
        own[codes == level] = design[codes == level]
    parts = [(own - design)[codes != level] for level, design in enumerate(designs)]
    return np.vstack(parts)
