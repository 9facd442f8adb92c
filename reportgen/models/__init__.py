"""Frame in, Result out: the only wing that knows statsmodels. Its register: kinds by name."""

from reportgen.core.registry import Registry

MODELS = Registry(
    "reportgen.models",
    "model kind",
    {
        "ols": "reportgen.models.regression.ols:Ols",
        "wls": "reportgen.models.regression.ols:Wls",
        "glm": "reportgen.models.regression.glm:Glm",
        "logit": "reportgen.models.regression.logit:Logit",
        "probit": "reportgen.models.regression.probit:Probit",
        "mnlogit": "reportgen.models.likelihoods.mnlogit:Mnlogit",
        "ordered": "reportgen.models.likelihoods.ordered:Ordered",
        "poisson": "reportgen.models.regression.poisson:Poisson",
        "negativebinomial": "reportgen.models.likelihoods.negativebinomial:Negativebinomial",
        "zeroinflatedpoisson": "reportgen.models.likelihoods.zeroinflated:Zeroinflatedpoisson",
        "zeroinflatednegativebinomial": (
            "reportgen.models.likelihoods.zeroinflated:Zeroinflatednegativebinomial"
        ),
        "quantreg": "reportgen.models.regression.quantreg:Quantreg",
        "rlm": "reportgen.models.regression.rlm:Rlm",
        "phreg": "reportgen.models.regression.phreg:Phreg",
        "gee": "reportgen.models.marginal.gee:Gee",
        "ordinal_gee": "reportgen.models.marginal.ordinal_gee:OrdinalGee",
        "nominal_gee": "reportgen.models.marginal.nominal_gee:NominalGee",
        "mixedlm": "reportgen.models.multilevel.mixedlm:Mixedlm",
        "glmm": "reportgen.models.multilevel.glmm:Glmm",
        "survey": "reportgen.models.surveys.survey:Survey",
        "bayes_glmm": "reportgen.models.multilevel.bayes_glmm:BayesGlmm",
        "describe": "reportgen.models.description.describe:Describe",
        "predictions": "reportgen.models.margins.predictions:Predictions",
        "contrasts": "reportgen.models.margins.contrasts:Contrasts",
        "average_effects": "reportgen.models.margins.average_effects:AverageEffects",
        "missing": "reportgen.models.description.missing:Missing",
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
