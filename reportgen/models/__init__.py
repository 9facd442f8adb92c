"""Frame in, Result out: the only wing that knows statsmodels. Its register: kinds by name."""

from reportgen.core.registry import Registry

MODELS = Registry(
    "reportgen.models",
    "model kind",
    {
        "ols": "reportgen.models.ols:Ols",
        "wls": "reportgen.models.ols:Wls",
        "glm": "reportgen.models.glm:Glm",
        "gee": "reportgen.models.gee:Gee",
        "mixedlm": "reportgen.models.mixedlm:Mixedlm",
        "glmm": "reportgen.models.glmm:Glmm",
        "survey": "reportgen.models.survey:Survey",
        "bayes_glmm": "reportgen.models.bayes_glmm:BayesGlmm",
        "describe": "reportgen.models.describe:Describe",
        "predictions": "reportgen.models.margins.predictions:Predictions",
        "contrasts": "reportgen.models.margins.contrasts:Contrasts",
        "average_effects": "reportgen.models.margins.average_effects:AverageEffects",
    },
)

INTERNAL = frozenset({"describe", "predictions", "contrasts", "average_effects"})
"""Kinds that blocks ask for; a spec's `models` may not."""
