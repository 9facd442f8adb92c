"""Hand-made results for tables and plots: the case study's numbers as statsmodels printed them.

Tests ask for the factories (`make_model`, `make_context`) or for a ready model by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reportgen.core.clusters import Component, Effect, GroupSize
from reportgen.core.document import Context
from reportgen.core.types import Coef, Facts, Method, Model, Note, Result, Step, Term, Variable
from reportgen.core.words import Words, load

RACES = {
    "1": "Mexican American",
    "2": "Other Hispanic",
    "3": "Non-Hispanic White",
    "4": "Non-Hispanic Black",
    "5": "Other or multiracial",
}
VARIABLES = (
    Variable("BPXSY1", "Systolic blood pressure (mmHg)"),
    Variable("RIDAGEYR", "Age", unit="years"),
    Variable("age_cen", "Age centred within cluster (years)"),
    Variable("BMXBMI", "Body mass index (kg/m²)"),
    Variable("RIAGENDRx", "Sex", levels={"Female": "Female", "Male": "Male"}, categorical=True),
    Variable("RIDRETH1", "Race/ethnicity", levels=RACES, categorical=True),
    Variable("smq", "Ever smoker"),
    Variable("room", "Room"),
    Variable("group", "Masked variance unit", categorical=True),
)
INTERCEPT = Term("Intercept", (), ("Intercept",), "intercept")
AGE = Term("RIDAGEYR", ("RIDAGEYR",), ("RIDAGEYR",))
AGE_CENTRED = Term("age_cen", ("age_cen",), ("age_cen",))
BMI = Term("BMXBMI", ("BMXBMI",), ("BMXBMI",))
SEX = Term(
    "RIAGENDRx",
    ("RIAGENDRx",),
    ("RIAGENDRx[T.Male]",),
    "categorical",
    {"Male": "RIAGENDRx[T.Male]"},
    "Female",
)
RACE = Term(
    "C(RIDRETH1)",
    ("RIDRETH1",),
    tuple(f"C(RIDRETH1)[T.{level}]" for level in "2345"),
    "categorical",
    {level: f"C(RIDRETH1)[T.{level}]" for level in "2345"},
    "1",
)
SIZES = GroupSize(106, 5102 / 30, 226)

# Estimates and standard errors of the linear models (statsmodels 0.15, NHANES 2015–2016).
NAMES = ("Intercept", "RIDAGEYR", "RIAGENDRx[T.Male]", "BMXBMI", *RACE.coefs)
OLS = {
    "Intercept": (91.73658334355231, 1.3393782463903054),
    "RIDAGEYR": (0.47869867493277646, 0.012901309770248462),
    "RIAGENDRx[T.Male]": (3.671293683026081, 0.45376277668127746),
    "BMXBMI": (0.2780146886846231, 0.033285149591439835),
    "C(RIDRETH1)[T.2]": (0.8554881554066495, 0.8194862536895562),
    "C(RIDRETH1)[T.3]": (-1.7961323932541688, 0.6719538190483106),
    "C(RIDRETH1)[T.4]": (3.813314161020577, 0.7323548936756994),
    "C(RIDRETH1)[T.5]": (-0.4553473242943049, 0.8089483733036736),
}
GEE = {
    "Intercept": (92.1685300274885, 1.384308556980302),
    "RIDAGEYR": (0.47410079514854736, 0.0184933469969113),
    "RIAGENDRx[T.Male]": (3.6502454937141673, 0.4544975585014686),
    "BMXBMI": (0.28020538513380744, 0.03855264543435762),
    "C(RIDRETH1)[T.2]": (0.1592958497147765, 0.7670252155949124),
    "C(RIDRETH1)[T.3]": (-2.23327993990318, 0.7602280200373254),
    "C(RIDRETH1)[T.4]": (3.105653503931939, 0.8815801364713586),
    "C(RIDRETH1)[T.5]": (-0.439830692285575, 0.8136751031709532),
}
GLM_SMOKE = {
    "Intercept": (-2.305999135116038, 0.11430761703393962),
    "RIDAGEYR": (0.018256581802859724, 0.0017252073082433522),
    "RIAGENDRx[T.Male]": (0.9095967779981022, 0.060166714321882135),
}
GEE_SMOKE = {
    "Intercept": (-2.2498202779419274, 0.14056713512010546),
    "RIDAGEYR": (0.01741597421238028, 0.001803362766408093),
    "RIAGENDRx[T.Male]": (0.9086815927902746, 0.062342108717526774),
}


def coefs(numbers: Mapping[str, tuple[float, float]], df: float | None = None) -> dict[str, Coef]:
    """Estimates and standard errors as coefficients, with Wald intervals at 1.96."""
    return {
        name: Coef(
            estimate, se, estimate / se, df, 0.01, estimate - 1.96 * se, estimate + 1.96 * se
        )
        for name, (estimate, se) in numbers.items()
    }


@pytest.fixture(scope="session")
def words() -> Words:
    """The English words."""
    return load("en")


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The dataset of the case study, with its labels."""
    steps = (Step("Complete data", 5735, 5102),)
    variables = {variable.name: variable for variable in VARIABLES}
    return Facts("nhanes", 5735, 5102, "0" * 64, steps, variables)


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """A model under an id from whatever a Result holds; its label is the id unless given."""

    def make(id_: str, *, label: str = "", data: str = "nhanes", **result: Any) -> Model:
        given = {"kind": "ols", "status": "ok", "n": 5102, "method": Method("ols", "nonrobust")}
        name = id_.split("[", maxsplit=1)[0]
        return Model(id_, name, label or id_, data, Result(**(given | result)))

    return make


@pytest.fixture(scope="session")
def make_context(facts: Facts, words: Words) -> Callable[..., Context]:
    """What a block is given, for the models shown."""

    def make(*models: Model) -> Context:
        return Context({model.id: model for model in models}, {"nhanes": facts}, words)

    return make


@pytest.fixture(scope="session")
def ols(make_model) -> Model:
    """The linear model by least squares."""
    return make_model(
        "sbp_ols",
        label="OLS",
        outcome="BPXSY1",
        terms=(INTERCEPT, AGE, SEX, BMI, RACE),
        coef=coefs(OLS, df=5094.0),
        stats={"llf": -21421.531769543843, "aic": 42859.063539087685, "rsquared": 0.24001860225},
    )


@pytest.fixture(scope="session")
def gee(make_model) -> Model:
    """The same by generalised estimating equations."""
    return make_model(
        "sbp_gee",
        label="GEE",
        kind="gee",
        outcome="BPXSY1",
        method=Method("gee", "robust", groups="group", correlation="exchangeable"),
        n_groups=30,
        group_size=SIZES,
        terms=(INTERCEPT, AGE, SEX, BMI, RACE),
        coef=coefs(GEE),
        stats={"scale": 260.19307490185713, "qic": 5119.6},
        icc=0.013459737656620816,
    )


@pytest.fixture(scope="session")
def mixed(make_model) -> Model:
    """The same with a random intercept, by restricted maximum likelihood."""
    return make_model(
        "sbp_mixed",
        label="Random intercept",
        kind="mixedlm",
        outcome="BPXSY1",
        method=Method("reml", "observed", groups="group"),
        n_groups=30,
        group_size=SIZES,
        terms=(INTERCEPT, AGE, SEX, BMI, RACE),
        coef=coefs(GEE),
        stats={"llf": -21409.87022156064, "scale": 256.69518110309326},
        icc=3.615390823657824 / (3.615390823657824 + 256.69518110309326),
        variance={"group": Component(3.615390823657824, 3.615390823657824**0.5, 1.37, 2.689)},
        random_effects={
            cluster: {"group": Effect(estimate, 1.0)}
            for cluster, estimate in (("1191", -1.5), ("1192", 2.0), ("1201", 0.5), ("1202", -0.25))
        },
    )


@pytest.fixture(scope="session")
def make_slopes(make_model) -> Callable[..., Model]:
    """A random-slope model with given likelihood, variances and covariances."""

    def make(id_: str, llf: float, variances: Mapping[str, float], **known: Any) -> Model:
        given = {
            "kind": "mixedlm",
            "outcome": "BPXSY1",
            "method": Method("reml", "observed", groups="group"),
            "n_groups": 30,
            "group_size": SIZES,
            "terms": (INTERCEPT, AGE_CENTRED, SEX, BMI),
            "coef": coefs(
                {
                    "Intercept": (115.5, 1.34),
                    "age_cen": (0.4717, 0.0178),
                    "RIAGENDRx[T.Male]": (3.64, 0.45),
                    "BMXBMI": (0.282, 0.033),
                }
            ),
            "stats": {"llf": llf, "scale": 255.4},
            "variance": {
                name: Component(value, value**0.5, None, (2 * value) ** 0.5)
                for name, value in variances.items()
            },
        }
        return make_model(id_, **(given | known))

    return make


@pytest.fixture(scope="session")
def independent(make_slopes) -> Model:
    """Independent intercepts and slopes."""
    variances = {"group": 8.730571009163741, "age_cen": 0.004247523797927325}
    return make_slopes("independent", -21415.855301054668, variances, label="Independent")


@pytest.fixture(scope="session")
def correlated(make_slopes) -> Model:
    """Correlated intercepts and slopes, with the boundary warning of statsmodels."""
    return make_slopes(
        "correlated",
        -21413.61925366176,
        {"group": 8.654880263630595, "age_cen": 0.004158347009597047},
        label="Correlated",
        covariance={"group,age_cen": 0.11901802202768998},
        correlation={"group,age_cen": 0.6273679},
        status="warning",
        notes=(Note("warning", "boundary", "The estimate may be on the boundary."),),
    )


@pytest.fixture(scope="session")
def nested(make_slopes) -> Model:
    """Rooms within clusters; the room numbers repeat."""
    effects = {
        "1191": {"group": Effect(0.5, 0.4), "room[1]": Effect(1.0, 0.6), "room[2]": Effect(-1.0)},
        "1192": {"group": Effect(-0.5, 0.4), "room[1]": Effect(0.25, 0.6)},
    }
    details = {
        "df": "satterthwaite", "intervals": "profile", "levels.group": 2, "levels.room": 3,
        "factor.room": "room",
    }  # fmt: skip
    return make_slopes(
        "nested", -21410.0, {"group": 8.7, "room": 3.0}, label="Nested", random_effects=effects,
        method=Method("reml", "observed", groups="group", details=details),
    )  # fmt: skip


@pytest.fixture(scope="session")
def crossed(make_slopes) -> Model:
    """Two crossed factors, one of which has the codes of the other's levels."""
    effects = {
        "Female": {"sex": Effect(0.1, 0.2)},
        "Male": {"sex": Effect(-0.1, 0.2), "room": Effect(0.3, 0.1)},
        "2": {"room": Effect(-0.3, 0.1)},
    }
    details = {
        "df": "normal", "intervals": "wald", "levels.sex": 2, "levels.room": 2,
        "factor.sex": "RIAGENDRx", "factor.room": "room",
    }  # fmt: skip
    return make_slopes(
        "crossed", -21410.0, {"sex": 1.0, "room": 3.0}, label="Crossed", random_effects=effects,
        method=Method("reml", "observed", details=details), n_groups=None, group_size=None,
    )  # fmt: skip


@pytest.fixture(scope="session")
def smoke_glm(make_model) -> Model:
    """A logistic model that ignores the clusters."""
    return make_model(
        "smoke_glm",
        label="GLM",
        kind="glm",
        outcome="smq",
        n=5093,
        events=2128,
        method=Method("glm", "nonrobust", family="binomial", link="logit", scale="odds_ratio"),
        terms=(INTERCEPT, AGE, SEX),
        coef=coefs(GLM_SMOKE),
        stats={"llf": -3201.2152037354663, "aic": 6416.430407470933},
    )


@pytest.fixture(scope="session")
def smoke_gee(make_model) -> Model:
    """The population-averaged logistic model."""
    return make_model(
        "smoke_gee",
        label="GEE",
        kind="gee",
        outcome="smq",
        n=5093,
        events=2128,
        n_groups=30,
        group_size=SIZES,
        method=Method(
            "gee",
            "robust",
            family="binomial",
            link="logit",
            scale="odds_ratio",
            target="population",
            groups="group",
            correlation="exchangeable",
        ),
        terms=(INTERCEPT, AGE, SEX),
        coef=coefs(GEE_SMOKE),
        stats={"qic": 6420.0},
        icc=0.0119,
    )


@pytest.fixture(scope="session")
def smoke_mixed(make_model) -> Model:
    """The cluster-specific logistic model."""
    return make_model(
        "smoke_mixed",
        label="Random intercept",
        kind="glmm",
        outcome="smq",
        n=5093,
        events=2128,
        n_groups=30,
        group_size=SIZES,
        method=Method(
            "laplace",
            "observed",
            family="binomial",
            link="logit",
            scale="odds_ratio",
            target="cluster",
            groups="group",
        ),
        terms=(INTERCEPT, AGE, SEX),
        coef=coefs(GEE_SMOKE),
        stats={"llf": -3170.0, "aic": 6356.0},
        icc=0.03,
        variance={"group": Component(0.1, 0.1**0.5, 0.03, 0.2**0.5)},
    )


@pytest.fixture(scope="session")
def broken(make_model) -> Model:
    """A model that could not be fitted."""
    note = Note("error", "rank", "the design is rank deficient: `x` repeats `z`")
    return make_model("broken", label="Broken", status="failed", method=None, n=0, notes=(note,))
