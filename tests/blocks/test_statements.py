"""Sentences about one number: the words for each kind of model, the numbers of the case study."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.statements import sentence
from reportgen.blocks.statements.asked import Manner
from reportgen.core.clusters import Spread
from reportgen.core.errors import SpecError
from reportgen.core.types import Coef, Equation, Measure, Method, Term, Variable, Wald

NORMAL = Manner()


AGE = Coef(0.2, 0.05, 4.0, None, 0.00006, 0.102, 0.298)


@pytest.fixture
def say(make_context):
    """`say("name", model, …)`: the sentence about `name` of the model."""

    def said(what: str, model, manner: Manner = NORMAL) -> str | None:
        return sentence(f"{model.id}.{what}", manner, make_context(model))

    return said


@pytest.fixture
def one(make_model):
    """A model of one coefficient of age, 0.2 with a standard error of 0.05, by a method."""

    def make(method: Method, *, equation: Equation | None = None, **known):
        name = f"{equation.prefix}RIDAGEYR" if equation else "RIDAGEYR"
        key = "e" if equation else ""
        given = {
            "outcome": "smq",
            "method": method,
            "terms": (Term(name, ("RIDAGEYR",), (name,), equation=key),),
            "equations": {"e": equation} if equation else {},
            "coef": {name: AGE},
        }
        return make_model("m", **(given | known))

    return make


def test_a_difference_gives_estimate_interval_unit_and_direction(say, gee) -> None:
    """Numbers by hand: 0.47410 ± 1.96 × 0.018493, to three decimals."""
    assert say("RIDAGEYR", gee) == (
        "1 year more of age was associated with 0.474 mmHg (95% CI 0.438 to 0.510) "
        "higher systolic blood pressure"
    )


def test_manners_change_how_much_is_said(say, gee) -> None:
    """Ten years, two decimals, the other covariates and p, where they are asked for."""
    assert say("RIDAGEYR", gee, Manner(decimals=2)) == (
        "1 year more of age was associated with 0.47 mmHg (95% CI 0.44 to 0.51) "
        "higher systolic blood pressure"
    )
    assert say("RIDAGEYR", gee, Manner(per=10, p=True, adjusted=True)) == (
        "10 years more of age was associated with 4.74 mmHg (95% CI 4.38 to 5.10; p = 0.01) "
        "higher systolic blood pressure, adjusted for sex, body mass index and race/ethnicity"
    )


def test_a_level_is_compared_with_its_reference(say, gee) -> None:
    """A negative difference is "lower", its limits without signs and in order."""
    assert say("C(RIDRETH1)[T.3]", gee) == (
        "For race/ethnicity, Non-Hispanic White compared with Mexican American was associated "
        "with 2.23 mmHg (95% CI 0.74 to 3.72) lower systolic blood pressure"
    )
    assert say("RIAGENDRx", gee) == say("RIAGENDRx[T.Male]", gee)


def test_an_interval_with_no_difference_inside_tells_both_directions(say, gee) -> None:
    """0.15930 ± 1.50337: from 1.34 lower to 1.66 higher; nothing is said of significance."""
    text = say("C(RIDRETH1)[T.2]", gee)
    assert text is not None
    assert "0.16 mmHg (95% CI 1.34 lower to 1.66 higher) higher" in text
    assert "significan" not in text


def test_an_odds_ratio_says_whom_it_compares(say, smoke_glm, smoke_gee) -> None:
    """exp(0.90868 ± 1.96 × 0.062342); population-averaged by GEE, plain without clusters."""
    assert say("RIAGENDRx", smoke_gee) == (
        "For sex, Male compared with Female was associated with a population-averaged odds ratio "
        "of 2.48 (95% CI 2.20 to 2.80) for ever smoker"
    )
    text = say("RIAGENDRx", smoke_glm)
    assert text is not None
    assert "with an odds ratio of 2.48 (95% CI 2.21 to 2.79)" in text
    clustered = replace(smoke_gee.result.method, target="cluster")
    result = replace(smoke_gee.result, method=clustered)
    text = say("RIAGENDRx", replace(smoke_gee, result=result))
    assert text is not None
    assert "a cluster-specific odds ratio of 2.48" in text


RATIO = "1 year more of age was associated with {} of 1.22 (95% CI 1.11 to 1.35) for {}"
LINEAR = (
    "1 year more of age was associated with a coefficient of 0.200 (95% CI 0.102 to 0.298) for "
    "ever smoker, on the scale of the linear predictor ({} link)"
)
METHODS = {
    "counts": (
        Method("glm", "nonrobust", family="poisson", link="log", scale="rate_ratio"),
        RATIO.format("a rate ratio", "ever smoker"),
    ),
    "a log link of a yes/no outcome": (
        Method("glm", "nonrobust", family="binomial", link="log", scale="ratio", event="1"),
        RATIO.format("a risk ratio", "ever smoker"),
    ),
    "a log link of a positive outcome": (
        Method("glm", "nonrobust", family="gamma", link="log", scale="ratio"),
        RATIO.format("a ratio of means", "ever smoker"),
    ),
    "survival": (
        Method(
            "partial_likelihood", "nonrobust", family="cox", link="log", scale="hazard_ratio",
            event="Male", details={"status": "RIAGENDRx"},
        ),
        RATIO.format("a hazard ratio", "sex: Male"),
    ),
    "ordered levels": (
        Method("ml", "nonrobust", family="ordered", link="logit", scale="odds_ratio"),
        RATIO.format("an odds ratio", "a higher level of ever smoker"),
    ),
    "a probit": (
        Method("ml", "nonrobust", family="binomial", link="probit"),
        LINEAR.format("probit"),
    ),
    "an identity link of a yes/no outcome": (
        Method("glm", "nonrobust", family="binomial", event="1"),
        (
            "1 year more of age was associated with a probability of ever smoker higher by 20.0 "
            "percentage points (95% CI 10.2 to 29.8)"
        ),
    ),
    "the median": (
        Method("quantreg", "robust", details={"q": 0.5}),
        (
            "1 year more of age was associated with 0.200 (95% CI 0.102 to 0.298) higher "
            "median ever smoker"
        ),
    ),
    "another quantile": (
        Method("quantreg", "robust", details={"q": 0.9}),
        (
            "1 year more of age was associated with 0.200 (95% CI 0.102 to 0.298) higher "
            "90% quantile of ever smoker"
        ),
    ),
    "a posterior": (
        Method("vb", "posterior"),
        (
            "1 year more of age was associated with 0.200 (95% credible interval 0.102 to 0.298) "
            "higher ever smoker"
        ),
    ),
    "a survey": (
        Method("survey", "linearized"),
        (
            "1 year more of age was associated with 0.200 (95% CI 0.102 to 0.298) higher "
            "ever smoker, in the population that was sampled"
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", METHODS)
def test_each_kind_of_model_has_its_words(kind: str, say, one) -> None:
    """Family and link decide what a coefficient is called."""
    method, expected = METHODS[kind]
    assert say("RIDAGEYR", one(method)) == expected


def test_an_equation_says_what_it_is_about(say, one) -> None:
    """One level rather than the reference; an excess zero."""
    method = Method("ml", "nonrobust", family="multinomial", link="logit", scale="odds_ratio")
    choice = Equation("outcome", "RIDRETH1=2:", "odds_ratio", "2", "1")
    text = say("RIDRETH1=2:RIDAGEYR", one(method, equation=choice, outcome="RIDRETH1"))
    assert text == RATIO.format(
        "an odds ratio", "Other Hispanic rather than Mexican American (race/ethnicity)"
    )
    zeros = Equation("inflate", "inflate_", "odds_ratio")
    text = say("inflate_RIDAGEYR", one(method, equation=zeros))
    assert text == RATIO.format("an odds ratio", "an excess zero of ever smoker")


def test_imputed_values_are_said(say, one) -> None:
    """How many imputations the estimate is pooled over."""
    text = say("RIDAGEYR", one(Method("ols", "nonrobust", details={"copies": 20}),
                               imputed={"smq": 12}))  # fmt: skip
    assert text is not None
    assert text.endswith("higher ever smoker, pooled over 20 imputations")


def test_a_recoded_column_is_told_in_its_own_unit(gee, facts, words) -> None:
    """5 kg/m² where 1 of the column is 5: 1.401 ± 1.96 × 0.19276; a standard deviation."""
    from reportgen.core.document import Context

    coef = gee.result.coef["BMXBMI"]
    fives = Coef(5 * coef.estimate, 5 * coef.se, low=5 * coef.low, high=5 * coef.high)
    result = replace(
        gee.result,
        terms=(Term("bmi5", ("bmi5",), ("bmi5",)), Term("z", ("z",), ("z",))),
        coef={"bmi5": fives, "z": fives},
    )
    model = replace(gee, result=result)
    known = dict(facts.variables) | {
        "bmi5": Variable("bmi5", "bmi5", measure=Measure("BMXBMI", 5.0)),
        "z": Variable("z", "z", measure=Measure("RIDAGEYR", None)),
    }
    context = Context({model.id: model}, {"nhanes": replace(facts, variables=known)}, words)
    assert sentence("sbp_gee.bmi5", NORMAL, context) == (
        "5 kg/m² more of body mass index was associated with 1.40 mmHg (95% CI 1.02 to 1.78) "
        "higher systolic blood pressure"
    )
    ones = sentence("sbp_gee.bmi5", Manner(per=1), context)
    assert ones is not None
    assert ones.startswith("1 kg/m² more of body mass index was associated with 0.280 mmHg")
    deviation = sentence("sbp_gee.z", NORMAL, context)
    assert deviation is not None
    assert deviation.startswith("1 standard deviation more of age was associated")


def test_a_yes_or_no_is_compared_with_its_contrary(say, one, make_context, words, facts) -> None:
    """A column of 0 and 1 has no unit: its levels, yes and no by its label, else the numbers."""
    logistic = Method("ml", "nonrobust", family="binomial", scale="odds_ratio", link="logit")
    model = one(logistic, terms=(Term("x", ("x",), ("x",), binary=True),), coef={"x": AGE})

    def said(variable: Variable) -> str | None:
        known = replace(facts, variables={"x": variable, "smq": Variable("smq", "Ever smoker")})
        from reportgen.core.document import Context

        return sentence("m.x", NORMAL, Context({"m": model}, {"nhanes": known}, words))

    rest = " was associated with an odds ratio of 1.22 (95% CI 1.11 to 1.35) for ever smoker"
    assert said(Variable("x", "Diabetes")) == f"For diabetes, yes compared with no{rest}"
    levels = {"0": "placebo", "1": "drug"}
    assert said(Variable("x", "Arm", levels=levels)) == f"For arm, drug compared with placebo{rest}"
    assert said(Variable("x", "x")) == f"For x, 1 compared with 0{rest}"
    with pytest.raises(SpecError, match="`per` is for a number in its own unit"):
        say("x", model, Manner(per=2))


def test_a_doubling_is_one_of_a_logarithm_to_base_2(say, one) -> None:
    """log2 and log10 have words of their own; other functions keep the label of the function."""
    for function, start in (
        ("np.log2", "A doubling of age"),
        ("np.log10", "A tenfold value of age"),
        ("np.log", "1 unit more of age (years), natural logarithm"),
    ):
        name = f"{function}(RIDAGEYR)"
        model = one(
            Method("ols", "nonrobust"),
            terms=(Term(name, ("RIDAGEYR",), (name,), "other"),),
            coef={name: Coef(0.2, 0.05, low=0.102, high=0.298)},
        )
        text = say(name, model)
        assert text is not None
        assert text.startswith(f"{start} was associated")


REFUSED = {
    "an interaction": ("RIDAGEYR:BMXBMI", "an interaction"),
    "a covariate of an interaction": ("RIDAGEYR", "stands in `RIDAGEYR:BMXBMI` as well"),
    "a spline": ("bs(age_cen, df=3)[1]", "one part of a curve"),
    "the intercept": ("Intercept", "compares nothing"),
    "a name that there is not": ("RIDAGE", "has no coefficient `RIDAGE`"),
    "an intraclass correlation that there is not": ("icc", "has no intraclass correlation"),
    "a variance that there is not": ("variance.group", "has no variance `group`"),
    "a test that there is not": ("wald.RIDAGEYR", "has no test of `RIDAGEYR`"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_has_no_single_reading_is_refused(what: str, say, make_model) -> None:
    """An interaction, a curve and their parts: the error says what to use instead."""
    spline = tuple(f"bs(age_cen, df=3)[{number}]" for number in range(3))
    names = ("Intercept", "RIDAGEYR", "BMXBMI", "RIDAGEYR:BMXBMI", *spline)
    model = make_model(
        "m",
        outcome="BPXSY1",
        coef={name: Coef(1.0, 0.1) for name in names},
        terms=(
            Term("Intercept", (), ("Intercept",), "intercept"),
            *(Term(name, (name,), (name,)) for name in names[1:3]),
            Term("RIDAGEYR:BMXBMI", ("RIDAGEYR", "BMXBMI"), ("RIDAGEYR:BMXBMI",), "other"),
            Term("bs(age_cen, df=3)", ("age_cen",), spline, "other"),
        ),
    )
    name, message = REFUSED[what]
    with pytest.raises(SpecError, match=message.replace("(", r"\(")) as caught:
        say(name, model)
    if what in ("an interaction", "a covariate of an interaction", "a spline"):
        assert "table: contrasts" in caught.value.problems[0].help


def test_several_coefficients_are_listed(say, gee) -> None:
    """A column of several levels needs one of them."""
    with pytest.raises(SpecError, match="several coefficients") as caught:
        say("RIDRETH1", gee)
    assert "C(RIDRETH1)[T.2]" in caught.value.problems[0].help


def test_withheld_and_failed_numbers_are_said(say, one) -> None:
    """No estimate: the sentence says so; a failed model has no sentence."""
    method = Method("ols", "nonrobust")
    assert say("RIDAGEYR", one(method, coef={"RIDAGEYR": Coef(None)})) == (
        "1 year more of age: no estimate of the association with ever smoker is given"
    )
    bare = say("RIDAGEYR", one(method, coef={"RIDAGEYR": Coef(0.25, None)}))
    assert bare is not None
    assert "(without an interval)" in bare
    assert say("RIDAGEYR", one(method, status="failed")) is None


def test_the_model_as_a_whole(say, mixed, gee) -> None:
    """Intraclass correlation 3.615 / (3.615 + 256.695), and the deviation between clusters."""
    given = "Given age, sex, body mass index and race/ethnicity, "
    spread = {"icc": Spread(0.005, 0.007, 0.029)}
    known = replace(mixed, result=replace(mixed.result, spread=spread))
    assert say("icc", known) == (
        f"{given}the intraclass correlation of systolic blood pressure within one masked variance "
        "unit was 0.014 (95% CI 0.007 to 0.029)"
    )
    assert say("variance.group", mixed) == (
        f"{given}systolic blood pressure varied from one masked variance unit to another with a "
        "standard deviation of 1.90 mmHg"
    )
    tested = replace(gee.result, wald={"C(RIDRETH1)": Wald(47.886, 4, None, 1e-9)})
    assert say("wald.C(RIDRETH1)", replace(gee, result=tested)) == (
        "A Wald test of race/ethnicity, as a whole, gave χ²(4) = 47.89, p <0.001"
    )


def test_the_slope_that_varies_is_called_by_its_covariate(say, independent) -> None:
    """A component that is a slope: √0.0042475."""
    assert say("variance.age_cen", independent) == (
        "The slope of age centred within cluster varied from one masked variance unit to another "
        "with a standard deviation of 0.0652"
    )
