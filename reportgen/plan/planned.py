"""What is known of each model before it is fitted, in the words that blocks understand."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.core.contracts import WEIGHTS, Planned, Plans
from reportgen.models import MODELS
from reportgen.plan.types import FitPlan


def planned(fits: Iterable[FitPlan]) -> Plans:
    """The models of a spec, in its order."""
    return Plans(tuple(_planned(fit) for fit in fits))


def _planned(fit: FitPlan) -> Planned:
    kind, options = MODELS.load(fit.kind), fit.options
    family: str = getattr(options, "family", "") or getattr(kind, "family", "")
    return Planned(
        id=fit.id,
        name=fit.name,
        kind=fit.kind,
        family=family,
        multilevel=getattr(kind, "multilevel", False),
        weighted=any(getattr(options, key, None) is not None for key in WEIGHTS),
        by=fit.by is not None,
    )
