import json

from reportgen.core.clusters import Component, Effect, GroupSize
from reportgen.core.types import Coef, Model, Note, Result, failed
from reportgen.writers.json import Json

NOTE = Note("warning", "boundary", "the variance of `site` is on the boundary")
MIXED = Result(
    "mixedlm", "warning", formula="y ~ x", n=40, n_groups=4, group_size=GroupSize(8, 10.0, 12),
    coef={"x": Coef(0.1 + 0.2, 0.05, variable="x"), "z": Coef(float("nan"))},
    stats={"llf": -12.5, "aic": None}, icc=0.25,
    variance={"site": Component(2.0, 2.0**0.5, None, typical_difference=2.0, low=1.0, high=9.0)},
    correlation={"site,x": None}, random_effects={"1191": {"site": Effect(-1.5)}}, notes=(NOTE,),
)  # fmt: skip


def rendered(demo, *models):
    named = {model.id: model for model in models}
    content = Json().render(demo.document(**({"models": named} if models else {})))
    return json.loads(content, parse_constant=refuse)


def refuse(name):
    raise AssertionError(f"results.json holds {name}")


def test_the_keys_are_those_of_the_contract(demo, keeps_contract):
    """Nothing is added to the contract and nothing left out, for every status of a model."""
    keeps_contract(rendered(demo))
    broken = failed("gee", "no-rows", "no row is complete", formula="y ~ x")
    keeps_contract(
        rendered(demo, Model("m", "m", "Mixed", "d", MIXED), Model("g", "g", "GEE", "d", broken))
    )


def test_numbers_are_whole_and_none_is_nan(demo):
    """Full double precision; what is not defined is null."""
    model = rendered(demo, Model("m", "m", "Mixed", "d", MIXED))["models"]["m"]
    assert model["coef"]["x"]["estimate"] == 0.1 + 0.2
    assert model["coef"]["z"]["estimate"] is None
    assert model["stats"]["aic"] is None
    assert model["variance"] == {"site": {"var": 2.0, "sd": 2.0**0.5, "se": None}}
    assert model["random_effects"] == {"1191": {"site": {"estimate": -1.5, "se": None}}}


def test_a_claim_is_a_sentence_a_verdict_and_a_line(demo):
    """The numbers of a claim are those of its models, and stand there."""
    claims = rendered(demo)["claims"]
    assert [(claim["holds"], claim["line"]) for claim in claims] == [(True, 61), (False, 70)]
