"""`contrasts`: marginal means set against each other. Asked for by blocks alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from reportgen.core.comparing import Adjust, Average, Method, Scale
from reportgen.core.dataclass import dataclass
from reportgen.core.options import option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Margin, Note
from reportgen.models.margins.asked import Asked, MarginOptions, beyond, read

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.margins.fitted import Fitted
    from reportgen.models.margins.means import Means


class Contrasts(Asked):
    """Differences of marginal means, with p adjusted within each family."""

    kind: ClassVar[str] = "contrasts"

    @dataclass(frozen=True, kw_only=True)
    class Options(MarginOptions):
        """Keys of the computation."""

        method: Method = option("pairwise", doc="Which means are compared.")
        reference: Any = option(None, doc="The level that others are compared with.")
        weights: dict[str, Any] = option({}, doc="Comparisons by name: a weight for each level.")
        adjust: Adjust | None = option(None, doc="How p is adjusted, within each value of `by`.")
        average: Average = option("balanced", doc="Over levels with equal weights, or over rows.")
        scale: Literal["link", "response", "log_response"] = option(
            "link", doc="Differences of what: `log_response` gives logarithms of ratios."
        )

    def computed(
        self, options: Any, fitted: Fitted
    ) -> tuple[Iterable[Margin], Iterable[Note], Mapping[str, Any]]:
        """A margin a comparison; a family for each combination of the values of `by`, and each
        level of the outcome.
        """
        from reportgen.models.margins import grid
        from reportgen.models.margins.means import means

        scale: Scale = "link" if options.scale == "link" else "response"
        chosen = grid.points(fitted, options.of, options.at)
        groups = grid.points(fitted, options.by, options.at)
        fixed = grid.held(fitted, (*options.of, *options.by), options.at)
        reading, found = read(fitted, scale, options.levels), list[Margin]()
        for group in groups:
            whole = [{**group, **point} for point in chosen]
            for family in means(fitted, reading, whole, fixed, options.average):
                found += _family(options, fitted, chosen, family, group)
        everything = [{**group, **point} for group in groups for point in chosen]
        return found, beyond(fitted, everything, fixed), {}


def _family(
    options: Any, fitted: Fitted, chosen: Any, found: Means, group: Mapping[str, Any]
) -> list[Margin]:
    import numpy as np

    from reportgen.models.margins import estimates
    from reportgen.models.margins.comparisons import comparisons
    from reportgen.models.margins.multiplicity import adjusted

    K, compared = comparisons(chosen, options.method, options.reference, options.weights)
    theta, J = _logarithm(found) if options.scale == "log_response" else (found.theta, found.J)
    theta, J = K @ theta, K @ J
    p = critical = None
    known = ~estimates.unknown(fitted, J) & (estimates.errors(fitted, J) > 0)
    if options.adjust is not None and known.any():
        p, critical = np.full(len(theta), np.nan), np.full(len(theta), np.nan)
        p[known], critical[known] = adjusted(
            options.adjust, estimates.statistics(fitted, theta, J)[known],
            estimates.degrees(fitted, J)[known], (J @ fitted.V @ J.T)[np.ix_(known, known)],
            means=len(chosen), confidence=fitted.result.confidence,
        )  # fmt: skip
    coefs = estimates.of_differences(fitted, theta, J, p, critical)
    return [
        Margin(coef, group, each, found.level) for coef, each in zip(coefs, compared, strict=True)
    ]


def _logarithm(found: Means) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of θ and their Jacobian. FitError where a mean is not positive."""
    import numpy as np

    if (found.theta <= 0).any():
        raise unfit(say("no-ratio"), help="show differences: leave `exponentiate` out")
    return np.log(found.theta), found.J / found.theta[:, None]
