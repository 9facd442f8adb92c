"""How a fit is read on each scale: which reading is its kind's."""

from __future__ import annotations

from typing import Any

import numpy as np

from reportgen.core.comparing import Scale
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.models.engines.regressions.families import LINKS
from reportgen.models.margins import categories, counts
from reportgen.models.margins.fitted import Fitted
from reportgen.models.margins.readings import NO_LEVEL, Predictor, Reading, linear


def reading(fitted: Fitted, scale: Scale) -> Reading:
    """How a fit is read on a scale, as the levels wanted. FitError where it has nothing there."""
    method = fitted.result.method
    family, link = (method.family, method.link) if method else ("", "")
    if scale == "zero":
        return _zeros(fitted)
    if family == "multinomial":
        response = scale == "response"
        return categories.multinomial(fitted, _link(link)) if response else categories.odds(fitted)
    if family == "ordered":
        response = scale == "response"
        return categories.ordered(fitted, _link(link)) if response else categories.latent(fitted)
    if scale == "response" and fitted.inflation is not None:
        return counts.inflated(fitted, _link(link))
    main = Predictor(fitted.formula, fitted.places(fitted.formula), fitted.offset)
    return linear(NO_LEVEL, (main,)) if scale == "link" else _mean(main, _link(link))


def _zeros(fitted: Fitted) -> Reading:
    if fitted.result.kind not in counts.WITH_ZEROS:
        help = f"kinds that have: {', '.join(sorted(counts.WITH_ZEROS))}"
        raise unfit(say("no-zero"), help=help)
    return counts.zero(fitted, _link("logit"))


def _mean(main: Predictor, link: Any) -> Reading:
    if link is None:
        help = "write `type: link` for the scale of the linear predictor"
        raise unfit(say("no-mean"), help=help)

    def values(eta: np.ndarray) -> np.ndarray:
        return np.asarray(link.inverse(eta), dtype=float)

    def slopes(eta: np.ndarray) -> np.ndarray:
        return np.asarray(link.inverse_deriv(eta), dtype=float)[:, :, None]

    return Reading(NO_LEVEL, (main,), values, slopes, link)


def _link(name: str) -> Any:
    """The link; None for one that is not known."""
    return LINKS.get(name)
