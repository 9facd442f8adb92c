"""Frame in, Result out: the only wing that knows statsmodels. Its register: kinds by name."""

from reportgen.core.registry import Registry

MODELS = Registry(
    "reportgen.models",
    "model kind",
    {
        "ols": "reportgen.models.ols:Ols",
        "wls": "reportgen.models.ols:Wls",
        "glm": "reportgen.models.glm:Glm",
        "logit": "reportgen.models.logit:Logit",
        "probit": "reportgen.models.probit:Probit",
        "mnlogit": "reportgen.models.mnlogit:Mnlogit",
        "ordered": "reportgen.models.ordered:Ordered",
        "poisson": "reportgen.models.poisson:Poisson",
        "negativebinomial": "reportgen.models.negativebinomial:Negativebinomial",
        "zeroinflatedpoisson": "reportgen.models.zeroinflated:Zeroinflatedpoisson",
        "zeroinflatednegativebinomial": (
            "reportgen.models.zeroinflated:Zeroinflatednegativebinomial"
        ),
        "quantreg": "reportgen.models.quantreg:Quantreg",
        "rlm": "reportgen.models.rlm:Rlm",
        "phreg": "reportgen.models.phreg:Phreg",
        "gee": "reportgen.models.gee:Gee",
        "ordinal_gee": "reportgen.models.ordinal_gee:OrdinalGee",
        "nominal_gee": "reportgen.models.nominal_gee:NominalGee",
        "mixedlm": "reportgen.models.mixedlm:Mixedlm",
        "glmm": "reportgen.models.glmm:Glmm",
        "survey": "reportgen.models.survey:Survey",
        "bayes_glmm": "reportgen.models.bayes_glmm:BayesGlmm",
        "describe": "reportgen.models.describe:Describe",
        "predictions": "reportgen.models.margins.predictions:Predictions",
        "contrasts": "reportgen.models.margins.contrasts:Contrasts",
        "average_effects": "reportgen.models.margins.average_effects:AverageEffects",
        "missing": "reportgen.models.missing:Missing",
        "roc": "reportgen.models.performance.roc:Roc",
        "calibration": "reportgen.models.performance.calibration:Calibration",
        "quantiles": "reportgen.models.shapes.quantiles:Quantiles",
        "histogram": "reportgen.models.shapes.histogram:Histogram",
        "box": "reportgen.models.shapes.box:Box",
    },
)

INTERNAL = frozenset({
    "describe", "predictions", "contrasts", "average_effects", "missing", "roc", "calibration",
    "quantiles", "histogram", "box",
})  # fmt: skip
"""Kinds that blocks ask for; a spec's `models` may not."""
