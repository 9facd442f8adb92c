"""`zeroinflatedpoisson` and `zeroinflatednegativebinomial`: counts with an excess of zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError
from reportgen.core.options import Effects, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Equation, Frame
from reportgen.models.formulas.formula import parse_effects
from reportgen.models.likelihoods.likelihood import LikelihoodKind, Parameter, Setup
from reportgen.models.likelihoods.negativebinomial import CountOptions

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.formulas.design import Design

PREFIX = "inflate_"
SMALLEST_LOGIT = -10.0
"""An excess, or a dispersion, below exp(-10) is none."""


@dataclass(frozen=True, kw_only=True)
class InflatedOptions(CountOptions):
    """Keys of both kinds."""

    exog_infl: Effects = option(
        "1", doc="The terms of the excess zeros: which rows can have no count but 0.",
        examples=("1", "1 + age"),
    )  # fmt: skip


class Zeroinflatedpoisson(LikelihoodKind):
    """Poisson counts among which some rows are always 0 (Lambert 1992), by a logistic model."""

    kind: ClassVar[str] = "zeroinflatedpoisson"
    family: ClassVar[str] = "poisson"
    scale: ClassVar[str | None] = "rate_ratio"
    dispersed: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(InflatedOptions):
        """Keys of `zeroinflatedpoisson`."""

    def columns(self, options: Any) -> Sequence[str | None]:
        """Offset, exposure, and the columns of the excess zeros."""
        return options.offset, options.exposure, *parse_effects(options.exog_infl).columns

    def setup(self, options: Any, design: Design, frame: Frame) -> Setup:
        """Counts and excess zeros. FitError where no row is 0, or zeros are not in excess."""
        import numpy as np

        from reportgen.models.engines.regressions.predictors import Likelihood
        from reportgen.models.formulas.design import matrix
        from reportgen.models.likelihoods import countdata

        countdata.check(design, design.outcome)
        offset = countdata.offset_of(options, design)
        begun = countdata.poisson_peak(design, offset, design.X)
        _check_zeros(design, np.exp(begun.eta[:, 0]))
        Z, names, terms = matrix(
            parse_effects(options.exog_infl), design.rows, frame.facts.variables
        )
        mean = np.exp(begun.eta[:, 0])
        own = countdata.parameters(design.names, design.X, "log")
        own += countdata.parameters(names, Z, "logit", PREFIX)
        shown = [*design.terms, *countdata.in_equation(terms, "inflate", PREFIX)]
        equations = {"": countdata.COUNT, "inflate": Equation("inflate", PREFIX, "odds_ratio")}
        start = [*begun.theta, *_excess(design, mean, Z)]
        one, level = np.ones((design.n, 1)), float(np.log(mean.mean() / np.exp(offset).mean()))
        none = [level, _excess(design, mean, one)[0]]
        if self.dispersed:
            alpha = np.log(countdata.moment_alpha(design, mean))
            own.append(Parameter("alpha"))
            shown.append(countdata.ALPHA)
            equations["dispersion"] = countdata.DISPERSION
            start.append(alpha)
            none.append(alpha)
        rows = _rows(design.y, self.dispersed)
        sizes = self.dispersed + 2
        offsets = np.zeros((design.n, sizes))
        offsets[:, 1] = offset
        return Setup(
            Likelihood(rows, _designs(design.X, Z, self.dispersed), offsets),
            np.array(start), tuple(own), tuple(shown), equations,
            null=(Likelihood(rows, _designs(one, one, self.dispersed), offsets), np.array(none)),
            events=float(design.y.sum()),
            details={"exog_infl": options.exog_infl},
            examine=lambda found: _examine(found.eta, design.outcome),
        )  # fmt: skip


class Zeroinflatednegativebinomial(Zeroinflatedpoisson):
    """Negative binomial counts (NB2) among which some rows are always 0, by a logistic model."""

    kind: ClassVar[str] = "zeroinflatednegativebinomial"
    family: ClassVar[str] = "negative_binomial"
    dispersed: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(InflatedOptions):
        """Keys of `zeroinflatednegativebinomial`."""


def _rows(y: np.ndarray, dispersed: bool) -> Any:
    from reportgen.models.engines.regressions import counts

    made = counts.negative_binomial if dispersed else counts.poisson
    return counts.inflated(y, made(y), made(0 * y))


def _designs(X: np.ndarray, Z: np.ndarray, dispersed: bool) -> list[np.ndarray]:
    """The columns of the excess zeros, of the mean, and of the logarithm of the dispersion; the
    parameters are those of the mean, of the zeros, and the dispersion's.
    """
    import numpy as np

    n, last = len(X), np.zeros((len(X), int(dispersed)))
    made = [
        np.column_stack([np.zeros_like(X), Z, last]), np.column_stack([X, np.zeros_like(Z), last])
    ]  # fmt: skip
    if dispersed:
        made.append(np.column_stack([np.zeros_like(X), np.zeros_like(Z), np.ones(n)]))
    return made


def _excess(design: Design, mean: np.ndarray, Z: np.ndarray) -> list[float]:
    """A start for the excess zeros: their share beyond what the counts explain, by an intercept."""
    import numpy as np

    share = float(np.mean(design.y == 0))
    explained = float(np.mean(np.exp(-mean)))
    excess = min(max((share - explained) / (1 - explained), 0.02), 0.95)
    start = np.zeros(Z.shape[1])
    constant = (Z == 1).all(axis=0)
    if constant.any():
        start[int(np.argmax(constant))] = np.log(excess / (1 - excess))
    return [float(each) for each in start]


def _check_zeros(design: Design, mean: np.ndarray) -> None:
    """FitError where the likelihood falls as the share of excess zeros leaves 0: no more zeros
    than the Poisson model explains, Σ (1 - exp(μ)·[y = 0]) ≥ 0 (van den Broek 1995).
    """
    import numpy as np

    if float(np.sum(np.where(design.y == 0, np.exp(np.minimum(mean, 700.0)), 0.0) - 1)) <= 0:
        raise _no_excess(design.outcome)


def _examine(eta: np.ndarray, outcome: str) -> None:
    """FitError where the share of excess zeros, or the dispersion, went to 0."""
    if eta[:, 0].max() < SMALLEST_LOGIT:
        raise _no_excess(outcome)
    if eta.shape[1] > 2 and eta[:, 2].max() < SMALLEST_LOGIT:
        said = say("no-overdispersion_zeros", outcome=named_column(outcome))
        raise unfit(said, ("formula",), help="use `zeroinflatedpoisson`")


def _no_excess(outcome: str) -> FitError:
    said = say("no-zeros", outcome=named_column(outcome))
    return unfit(said, ("formula",), help="use the kind without zero inflation")
