"""`negativebinomial`: regression of counts that vary more than Poisson's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Column, option
from reportgen.core.types import Frame
from reportgen.models.likelihoods.likelihood import (
    LikelihoodKind,
    LikelihoodOptions,
    Parameter,
    Setup,
)

if TYPE_CHECKING:
    from reportgen.models.formulas.design import Design


@dataclass(frozen=True, kw_only=True)
class CountOptions(LikelihoodOptions):
    """Keys of kinds of counts."""

    offset: Column | None = option(None, doc="Added to the linear predictor.")
    exposure: Column | None = option(None, doc="Time or people at risk: its logarithm is added.")


class Negativebinomial(LikelihoodKind):
    """Negative binomial regression (NB2: the variance is μ + αμ²), α estimated with the rest."""

    kind: ClassVar[str] = "negativebinomial"
    family: ClassVar[str] = "negative_binomial"
    scale: ClassVar[str | None] = "rate_ratio"

    @dataclass(frozen=True, kw_only=True)
    class Options(CountOptions):
        """Keys of `negativebinomial`."""

    def columns(self, options: Any) -> Sequence[str | None]:
        """The columns of offset and exposure."""
        return options.offset, options.exposure

    def setup(self, options: Any, design: Design, frame: Frame) -> Setup:
        """Means and dispersion; on the boundary, where the dispersion is 0, the Poisson model."""
        import numpy as np

        from reportgen.models.engines.regressions import counts
        from reportgen.models.engines.regressions.predictors import Likelihood
        from reportgen.models.likelihoods import countdata

        countdata.check(design, design.outcome)
        offset, n = countdata.offset_of(options, design), design.n
        begun = countdata.poisson_peak(design, offset, design.X)
        mean = np.exp(begun.eta[:, 0])
        own = tuple(countdata.parameters(design.names, design.X, "log"))
        events = float(design.y.sum())
        one = np.ones((n, 1))
        if not countdata.overdispersed(design, mean):
            rows = counts.poisson(design.y)
            return Setup(
                Likelihood(rows, [design.X], offset[:, None]), begun.theta, own, design.terms, {},
                null=(Likelihood(rows, [one], offset[:, None]), begun.theta[:1] * 0),
                events=events, notes=countdata.not_overdispersed(), details={"alpha": 0.0},
            )  # fmt: skip
        alpha = np.log(countdata.moment_alpha(design, mean))
        offsets = np.column_stack([offset, np.zeros(n)])
        rows = counts.negative_binomial(design.y)
        level = float(np.log(design.y.mean() / np.exp(offset).mean()))
        return Setup(
            Likelihood(rows, _designs(design.X), offsets),
            np.append(begun.theta, alpha),
            (*own, Parameter("alpha")),
            (*design.terms, countdata.ALPHA),
            {"dispersion": countdata.DISPERSION},
            null=(Likelihood(rows, _designs(one), offsets), np.array([level, alpha])),
            events=events,
        )


def _designs(X: Any) -> list[Any]:
    """The columns of the mean, and the one of the logarithm of the dispersion."""
    import numpy as np

    n, p = X.shape
    return [np.column_stack([X, np.zeros(n)]), np.column_stack([np.zeros((n, p)), np.ones(n)])]
