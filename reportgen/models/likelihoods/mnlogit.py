"""`mnlogit`: multinomial logistic regression of an outcome of several levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.types import Equation, Frame
from reportgen.models.likelihoods.likelihood import LikelihoodKind, LikelihoodOptions, Setup

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.formulas.design import Design


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
        return multinomial(design, order_of(design, frame))


def order_of(design: Design, frame: Frame) -> tuple[str, ...]:
    """The levels of the outcome, its reference first."""
    variable, levels = frame.facts.variables.get(design.outcome), design.levels
    base = variable.reference if variable and variable.reference in levels else levels[0]
    return (base, *(level for level in levels if level != base))


def codes_in(design: Design, order: tuple[str, ...]) -> np.ndarray:
    """The outcome (n,) as places among its levels in another order."""
    import numpy as np

    place = {level: number for number, level in enumerate(order)}
    places = np.array([place[level] for level in design.levels])
    return np.asarray(places[design.y.astype(int)])


def multinomial(design: Design, order: tuple[str, ...]) -> Setup:
    """The likelihood of an outcome with these levels, each against the first."""
    import numpy as np

    from reportgen.models.engines.regressions import categories
    from reportgen.models.engines.regressions.predictors import Likelihood
    from reportgen.models.likelihoods import countdata

    codes, (base, *others) = codes_in(design, order), order
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
        Likelihood(rows, designs_of(design.X, len(others))),
        np.zeros(len(parameters)), tuple(parameters), tuple(terms), equations,
        null=(Likelihood(rows, designs_of(one, len(others))), np.zeros(len(others))),
        bounds=_bounds(design.X, codes, len(others)),
        events=float(counts.min()),
        details={"reference": base},
    )  # fmt: skip


def designs_of(X: np.ndarray, size: int) -> list[np.ndarray]:
    """The columns of each predictor among those of all."""
    import numpy as np

    n, p = X.shape
    made = []
    for place in range(size):
        whole = np.zeros((n, p * size))
        whole[:, place * p : (place + 1) * p] = X
        made.append(whole)
    return made


def _bounds(X: np.ndarray, codes: np.ndarray, size: int) -> np.ndarray:
    """What must not fall for a row's likelihood not to fall: its own predictor less each other."""
    import numpy as np

    designs = [np.zeros((len(X), X.shape[1] * size)), *designs_of(X, size)]
    own = np.empty_like(designs[0])
    for level, design in enumerate(designs):
        own[codes == level] = design[codes == level]
    parts = [(own - design)[codes != level] for level, design in enumerate(designs)]
    return np.vstack(parts)
