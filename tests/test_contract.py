"""The contract test: every registered kind, built in or from a package, keeps its contract."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass, replace

import pytest

from reportgen.cli.kinds import REGISTERS
from reportgen.core.contracts import Request, ask
from reportgen.core.digest import canonical, plain
from reportgen.core.document import Context, Figure, Table
from reportgen.core.errors import DataError
from reportgen.core.options import Impute
from reportgen.core.types import Facts, Frame, Model, Result, Step, Variable
from reportgen.core.words import load
from reportgen.models import INTERNAL, MODELS
from reportgen.models.wald import with_wald
from reportgen.run.queues import worker

KINDS = [(title, name) for title, register in REGISTERS.items() for name in register]

# What each model kind needs to run on the sample frame. A new kind adds its line here.
EXAMPLES = {
    "ols": {"formula": "y ~ x + C(arm)"},
    "wls": {"formula": "y ~ x + C(arm)", "weights": "w"},
    "glm": {"formula": "event ~ x + C(arm)", "family": "binomial"},
    "logit": {"formula": "event ~ x + C(arm)"},
    "probit": {"formula": "event ~ x + C(arm)"},
    "mnlogit": {"formula": "grade ~ x + C(arm)"},
    "ordered": {"formula": "grade ~ x + C(arm)"},
    "poisson": {"formula": "count ~ x + C(arm)", "exposure": "w"},
    "negativebinomial": {"formula": "count ~ x + C(arm)"},
    "zeroinflatedpoisson": {"formula": "count ~ x + C(arm)", "exog_infl": "1 + x"},
    "zeroinflatednegativebinomial": {"formula": "count ~ x + C(arm)"},
    "quantreg": {"formula": "y ~ x + C(arm)", "q": 0.25},
    "rlm": {"formula": "y ~ x + C(arm)"},
    "phreg": {"formula": "w ~ x + C(arm)", "status": "event", "ties": "efron"},
    "gee": {"formula": "y ~ x + C(arm)", "groups": "site", "cov_struct": "exchangeable"},
    "ordinal_gee": {"formula": "grade ~ x + C(arm)", "groups": "site"},
    "nominal_gee": {"formula": "grade ~ x + C(arm)", "groups": "site"},
    "mixedlm": {"formula": "y ~ x + C(arm)", "groups": "site"},
    "glmm": {"formula": "event ~ x + C(arm)", "groups": "site", "family": "binomial"},
    "survey": {"formula": "y ~ x + C(arm)", "weights": "w", "psu": "site"},
    "bayes_glmm": {"formula": "event ~ x + C(arm)", "groups": "site", "family": "binomial"},
    "describe": {"columns": ("y", "arm"), "by": "arm"},
    "missing": {"columns": ("y", "arm")},
}

# Kinds that withhold spreads they cannot vouch for, say so at the coefficient, and test nothing.
APPROXIMATE = {"bayes_glmm"}

# What each block needs beyond the models it shows.
BLOCKS = {
    "sample": {"data": "trial"},
    "describe": {"data": "trial", "columns": ("y", "arm"), "by": "arm"},
    "compare": {"models": ("ols", "gee")},
    "tests": {"compare": ("mixedlm", "mixedlm")},
    "model": {"models": ("mixedlm",)},
    "ranef": {"models": ("mixedlm",)},
    "caterpillar": {"models": ("mixedlm",)},
    "slopes": {"models": ("slopes",), "x": "x"},
    "variance": {"models": ("mixedlm",)},
    "residuals": {"models": ("ols",)},
    "notes": {},
    "icc": {"models": ("gee",)},
    "contrasts": {"models": ("ols", "gee"), "of": ("arm",)},
    "predictions": {"models": ("glm", "glmm"), "of": ("x", "arm"), "at": {"x": (0, 1)}},
    "effects": {"models": ("glm",), "x": "x", "by": "arm"},
    "working_correlation": {"models": ("gee",)},
    "clustering": {"models": ("gee", "ols")},
    "imputation": {"models": ("imputed",)},
    "missing": {"models": ("ols", "imputed")},
    "plots: missing": {"data": "trial"},
    "qq": {"models": ("mixedlm",)},
    "calibration": {"models": ("glm",)},
    "roc": {"models": ("glm", "glmm", "logit")},
    "histogram": {"data": "trial", "column": "y", "by": "arm"},
    "box": {"data": "trial", "column": "y", "by": "arm"},
}


@pytest.fixture(scope="module")
def frame() -> Frame:
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(7)
    site = np.repeat(np.arange(40), 12)
    x = rng.normal(size=site.size)
    arm = rng.choice(["control", "drug"], size=site.size)
    shift = rng.normal(0, 1, 40)[site]
    slope = 0.5 + rng.normal(0, 0.6, 40)[site]
    y = 2 + slope * x + 0.3 * (arm == "drug") + shift + rng.normal(size=site.size)
    event = (rng.random(site.size) < 1 / (1 + np.exp(-0.5 * x - shift))).astype(float)
    table = pd.DataFrame(
        {"site": site, "x": x, "arm": arm, "y": y, "event": event, "w": 1 + rng.random(site.size)}
    )
    drawn = rng.negative_binomial(2, 2 / (2 + np.exp(0.8 + 0.3 * x)))
    table["count"] = np.where(rng.random(site.size) < 0.3, 0, drawn)
    table["grade"] = np.digitize(x + rng.logistic(size=site.size), [-1, 0.5])
    variables = {name: Variable(name, name.title()) for name in table}
    variables["arm"] = Variable(
        "arm", "Arm", levels={"control": "Control", "drug": "Drug"}, categorical=True
    )
    steps = (Step("Complete data", len(table), len(table)),)
    return Frame(table, Facts("trial", len(table), len(table), "0" * 64, steps, variables))


def fitted(kind: str, options: dict, frame: Frame, start: Result | None = None) -> Result:
    model = MODELS.load(kind)
    live = model.fit(model.Options(**options), frame, start)
    result = with_wald(model.tidy(live))
    return result if kind in INTERNAL else _observed(result, model.augment(live))


def imputed(kind: str, frame: Frame, *, observe: bool = False) -> Result:
    x = frame.table["x"].where(frame.table.index % 9 != 0)
    holes = replace(frame, table=frame.table.assign(x=x))
    options = MODELS.load(kind).Options(**EXAMPLES[kind], impute=Impute(seed=1, copies=2))
    return worker.fit(kind, options, holes, None, observe)


def start_of(request: Request, context: Context) -> Result | None:
    """What a kind that computes from a fit is handed: the Result of the model it is asked of."""
    internal = request.of is not None and request.kind in INTERNAL
    return context.models[request.of].result if internal else None


def _observed(result, observations):
    return replace(result, observations=observations)


@pytest.fixture(scope="module")
def context(frame) -> Context:
    results = {
        kind: fitted(kind, options, frame)
        for kind, options in EXAMPLES.items()
        if kind not in INTERNAL
    }
    slopes = {"formula": "y ~ x", "groups": "site", "re_formula": "1 + x"}
    results["slopes"] = fitted("mixedlm", slopes, frame)
    results["imputed"] = imputed("ols", frame)
    models = {
        name: Model(name, name, name, "trial", result, options=EXAMPLES.get(name, {}))
        for name, result in results.items()
    }
    return Context(models, {"trial": frame.facts}, load("en"))


@pytest.mark.parametrize(("title", "name"), KINDS, ids=lambda value: value)
def test_options_are_documented(title, name):
    """Every key of every kind says what it means."""
    options = getattr(REGISTERS[title].load(name), "Options", None)
    if title == "formats":
        assert REGISTERS[title].load(name).suffix.startswith(".")
        return
    assert is_dataclass(options)
    undocumented = [field.name for field in fields(options) if not field.metadata.get("doc")]
    assert undocumented == []


@pytest.mark.parametrize(("title", "name"), KINDS, ids=lambda value: value)
def test_the_docs_name_it(title, name, root):
    """A kind that the documentation does not show does not exist for its users."""
    if name in INTERNAL and title == "models":
        return
    text = (root / "docs" / "language.md").read_text(encoding="utf-8")
    assert f"`{name}`" in text or f"{name}:" in text


@pytest.mark.parametrize("kind", [name for name in MODELS if name not in INTERNAL])
def test_a_model_kind_gives_plain_data(kind, frame):
    """A Result is JSON data: written and read back it is the same, with no NaN anywhere."""
    result = fitted(kind, EXAMPLES[kind], frame)
    assert result.status in ("ok", "warning")
    assert result.n == 480
    assert result.coef
    assert json.loads(canonical(result)) == plain(result)
    for name, coef in result.coef.items():
        assert coef.estimate is not None
        if kind in APPROXIMATE and coef.se is None:
            assert any(name in note.coefs for note in result.notes)
            continue
        assert coef.se is not None
        assert coef.se > 0


@pytest.mark.parametrize("kind", [name for name in MODELS if name not in INTERNAL])
def test_every_kind_can_be_imputed(kind, frame):
    """Missing values are imputed for any kind, and its Results pooled into plain data."""
    result = imputed(kind, frame, observe=True)
    assert result.status in ("ok", "warning"), result.notes
    assert (result.n, result.imputed) == (480, {"x": 54})
    assert json.loads(canonical(result)) == plain(result)
    imputed_in = [coef for name, coef in result.coef.items() if name in ("x", "grade=1:x")]
    assert len(imputed_in) == 1
    assert imputed_in[0].more["fmi"] > 0
    assert imputed_in[0].se > imputed_in[0].more["within"]


@pytest.mark.parametrize("kind", [name for name in MODELS if name not in INTERNAL])
def test_terms_and_coefficients_agree(kind, frame):
    """Every coefficient belongs to exactly one term, and every term's coefficients exist."""
    result = fitted(kind, EXAMPLES[kind], frame)
    named = [name for term in result.terms for name in term.coefs]
    assert sorted(named) == sorted(result.coef)


CLUSTERED = [
    name for name in MODELS if "groups" in {key.name for key in fields(MODELS.load(name).Options)}
]


@pytest.mark.parametrize("kind", CLUSTERED)
def test_a_row_without_a_cluster_is_an_error(kind, frame):
    """A missing cluster is told with the key that names the column, whatever the kind."""
    gone = frame.table.assign(site=frame.table["site"].where(frame.table.index != 5))
    options = {**EXAMPLES[kind], "groups": "site"}
    if "groups" not in EXAMPLES[kind]:
        options["cov_type"] = "cluster"
    with pytest.raises(DataError) as caught:
        fitted(kind, options, replace(frame, table=gone))
    assert [problem.path for problem in caught.value.problems] == [("groups",)]
    assert "1 of the 480 rows" in str(caught.value)


@pytest.mark.parametrize("kind", sorted(set(MODELS) - INTERNAL - APPROXIMATE))
def test_the_covariance_is_that_of_the_coefficients(kind, frame):
    """Its diagonal holds the squared standard errors, and each term has a test."""
    result = fitted(kind, EXAMPLES[kind], frame)
    variances = [row[place] for place, row in enumerate(result.vcov)]
    assert [coef.se for coef in result.coef.values()] == pytest.approx(
        [variance**0.5 for variance in variances]
    )
    assert {term.name for term in result.terms} == set(result.wald)


@pytest.mark.parametrize("title", ["tables", "plots"])
def test_every_block_is_built(title, context, frame):
    """Every table and plot is made from Results alone, with a caption and cells for columns."""
    register = REGISTERS[title]
    for name in register:
        block = register.load(name)
        otherwise = BLOCKS.get(name, {"models": ("ols", "gee", "mixedlm")})
        given = BLOCKS.get(f"{title}: {name}", otherwise)
        options = block.Options(**given)
        answers = {
            key: fitted(request.kind, request.options, frame, start_of(request, context))
            for key, request in ask(block, options, context).items()
        }
        ready = context.with_computed(answers)
        made = block.build(options, ready)
        assert isinstance(made, Table if title == "tables" else Figure), name
        assert made.caption, name
        if isinstance(made, Table):
            rows = [row for part in made.blocks for row in part.rows]
            assert rows, name
            assert {len(row.cells) for row in rows} <= {0, len(made.columns)}, name
        else:
            assert made.svg.startswith("<svg"), name
            assert len(made.alt) > 20, name
            assert {len(row) for row in made.rows} == {len(made.columns)}, name


@pytest.mark.parametrize(("title", "name"), [pair for pair in KINDS if pair[0] == "recodes"])
def test_a_recode_is_called_by_its_first_key(title, name):
    """The verb is a key of its own options, and must be written."""
    first = fields(REGISTERS[title].load(name).Options)
    verb = {field.name: field for field in first}[name]
    assert verb.default is MISSING
