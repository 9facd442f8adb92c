"""Keys that every kind of estimating equations has. Light."""

from __future__ import annotations

from typing import Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Column, Formula, ModelOptions, option


@dataclass(frozen=True, kw_only=True)
class EstimatingOptions(ModelOptions):
    """The clusters, and how what is estimated is judged."""

    formula: Formula = option(
        doc="Outcome and terms, as statsmodels writes them.", examples=("bp ~ age + C(sex)",)
    )
    groups: Column = option(doc="The column that names the clusters.")
    cov_type: Literal["robust", "naive", "bias_reduced"] = option(
        "robust",
        doc="Which standard errors; `bias_reduced` (Mancl and DeRouen) for few clusters.",
    )
    df: Literal["normal", "residual", "clusters"] | None = option(
        None,
        doc="Intervals and p by the normal distribution, or by t with clusters - coefficients "
        "(`residual`) or clusters - 1 degrees of freedom; `residual` where `cov_type` is "
        "`bias_reduced`, else `normal`.",
    )
