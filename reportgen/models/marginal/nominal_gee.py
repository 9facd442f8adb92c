"""`nominal_gee`: marginal models of an outcome of levels without an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.options import option
from reportgen.core.types import Frame
from reportgen.models.likelihoods.mnlogit import codes_in, designs_of, multinomial, order_of
from reportgen.models.marginal.estimating import EstimatingOptions
from reportgen.models.marginal.levels_gee import LevelsGee, Outcome

if TYPE_CHECKING:
    from reportgen.models.formulas.design import Design


class NominalGee(LevelsGee):
    """Odds of each level of the outcome against its first, or its `reference` (Lipsitz, Kim and
    Zhao 1994).

    statsmodels' NominalGEE compares with the last, and leaves out of D how a probability depends on
    the other equations, so that its standard errors are too small.
    """

    kind: ClassVar[str] = "nominal_gee"
    family: ClassVar[str] = "multinomial"

    @dataclass(frozen=True, kw_only=True)
    class Options(EstimatingOptions):
        """Keys of `nominal_gee`."""

        cov_struct: Literal["independence", "exchangeable"] = option(
            "independence",
            doc="How members of a cluster are taken to go together: not at all, or by one "
            "correlation.",
        )

    def outcome(self, options: Any, design: Design, frame: Frame) -> Outcome:
        """A linear predictor for each level but the reference."""
        from reportgen.models.engines.regressions.categories import multinomial_shares

        order = order_of(design, frame)
        return Outcome(
            multinomial(design, order),
            codes_in(design, order),
            designs_of(design.X, len(order) - 1),
            multinomial_shares,
        )
