"""The fitted equation: names and numbers of the case study's published models."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.tables.equation import equation_lines
from reportgen.blocks.tables.model import Model as Table
from reportgen.core.clusters import Component
from reportgen.core.errors import SpecError
from reportgen.core.numbers import Conventions, conventions
from reportgen.core.types import Coef, Equation, Method, Term


@pytest.fixture
def lines(make_context):
    """`lines(model)`: its equation as texts, mathematics between dollars, blanks as blanks."""

    def written(model) -> list[str]:
        return [
            " ".join(f"${each.text}$" if each.maths else each.text for each in line).replace(
                "\u00a0", " "
            )
            for line in equation_lines(model, make_context(model))
        ]

    return written


SBP = (
    "92.2 + 0.474 × age (years) + 3.65 × [Sex: Male] + 0.280 × body mass index (kg/m²) "
    "+ 0.16 × [Race/ethnicity: Other Hispanic] − 2.23 × [Race/ethnicity: Non-Hispanic White] "
    "+ 3.11 × [Race/ethnicity: Non-Hispanic Black] − 0.44 × [Race/ethnicity: Other or multiracial]"
)


def test_a_marginal_model_predicts_a_mean(lines, gee) -> None:
    """The intercept first, each number with the decimals of its row, a true minus."""
    assert lines(gee) == [f"E(systolic blood pressure (mmHg)) = {SBP}"]


def test_a_mixed_model_has_its_random_part(lines, mixed) -> None:
    """The clusters' deviation and the residual, with their variances, to three digits."""
    assert lines(mixed) == [
        rf"systolic blood pressure (mmHg) = {SBP} + $u_j$ + $\varepsilon$",
        r"$u_j \sim N(0,\ 3.62)$ for each masked variance unit",
        r"$\varepsilon \sim N(0,\ 257)$",
    ]


def test_a_comma_is_never_two_things(lines, mixed) -> None:
    """No sign between thousands; where the decimal sign is a comma, parameters have a semicolon."""
    large = {"group": Component(6739.4, 82.1)}
    model = replace(mixed, result=replace(mixed.result, variance=large))
    assert lines(model)[1].startswith(r"$u_j \sim N(0,\ 6739)$")
    with conventions(Conventions(",", ".")):
        assert lines(mixed)[1].startswith(r"$u_j \sim N(0;\ 3,62)$")


def test_slopes_and_their_correlation(lines, correlated) -> None:
    """Each slope multiplies its covariate; a correlation has a line of its own."""
    first, *rest = lines(correlated)
    assert first.endswith(
        r"+ $u_{0j}$ + $u_{1j}$ × age centred within cluster (years) + $\varepsilon$"
    )
    assert rest == [
        r"$u_{0j} \sim N(0,\ 8.65)$ for each masked variance unit",
        r"$u_{1j} \sim N(0,\ 0.00416)$ for each masked variance unit",
        r"$\mathrm{corr}(u_{0j},\ u_{1j}) = 0.63$",
        r"$\varepsilon \sim N(0,\ 255)$",
    ]


def test_crossed_factors_have_effects_of_their_own(lines, crossed) -> None:
    """One for each level of each factor."""
    assert lines(crossed)[1:] == [
        r"$v_1 \sim N(0,\ 1.00)$ for each sex",
        r"$v_2 \sim N(0,\ 3.00)$ for each room",
        r"$\varepsilon \sim N(0,\ 255)$",
    ]


def test_a_link_stands_to_the_left(lines, smoke_mixed, smoke_glm) -> None:
    """The logit of a probability; a multilevel one without a residual."""
    right = "+ 0.0174 × age (years) + 0.909 × [Sex: Male]"
    assert lines(smoke_mixed) == [
        f"logit P(ever smoker) = −2.25 {right} + $u_j$",
        r"$u_j \sim N(0,\ 0.100)$ for each masked variance unit",
    ]
    assert lines(smoke_glm)[0].startswith("logit P(ever smoker) = −2.31 + 0.0183 × age")


def test_interactions_multiply(lines, make_model) -> None:
    """Numbers by their labels, levels in brackets; a withheld number is a dash."""
    name = "RIDAGEYR:RIAGENDRx[T.Male]"
    model = make_model(
        "m",
        outcome="BPXSY1",
        terms=(Term("RIDAGEYR:RIAGENDRx", ("RIDAGEYR", "RIAGENDRx"), (name,), "other"),
               Term("BMXBMI", ("BMXBMI",), ("BMXBMI",))),
        coef={name: Coef(-0.222, 0.026), "BMXBMI": Coef(None)},
    )  # fmt: skip
    (line,) = lines(model)
    assert line == (
        "E(systolic blood pressure (mmHg)) = −0.222 × age (years) × [Sex: Male] "
        "+ — × body mass index (kg/m²)"
    )


def test_each_equation_has_a_line(lines, make_model) -> None:
    """Levels of the outcome against the reference; survival has a baseline."""
    choice = Equation("outcome", "RIDRETH1=2:", "odds_ratio", "2", "1")
    model = make_model(
        "m",
        outcome="RIDRETH1",
        method=Method("ml", "nonrobust", family="multinomial", link="logit", scale="odds_ratio"),
        equations={"e": choice},
        terms=(Term("RIDRETH1=2:RIDAGEYR", ("RIDAGEYR",), ("RIDRETH1=2:RIDAGEYR",), equation="e"),),
        coef={"RIDRETH1=2:RIDAGEYR": Coef(0.2, 0.05)},
    )
    assert lines(model) == [
        "log odds of Other Hispanic against Mexican American = 0.200 × age (years)"
    ]
    cox = Method("partial_likelihood", "nonrobust", family="cox", link="log", scale="hazard_ratio")
    age = {"RIDAGEYR": Coef(0.2, 0.05)}
    terms = (Term("RIDAGEYR", ("RIDAGEYR",), ("RIDAGEYR",)),)
    survival = make_model("m", outcome="BPXSY1", method=cox, terms=terms, coef=age)
    assert lines(survival) == [r"log h(t) = $\log h_0(t)$ + 0.200 × age (years)"]


def test_what_has_no_equation_is_refused(lines, gee) -> None:
    """Estimates of a survey and ordered levels."""
    for method in (Method("survey_mean", "linearized"), Method("ml", "", family="ordered")):
        with pytest.raises(SpecError, match="no equation"):
            lines(replace(gee, result=replace(gee.result, method=method)))


def test_the_table_has_it_where_it_is_asked_for(make_context, gee) -> None:
    """`equation: true`."""
    context = make_context(gee)
    asked = Table().build(Table.Options(models=("sbp_gee",), equation=True), context)
    plain = Table().build(Table.Options(models=("sbp_gee",)), context)
    assert len(asked.equation) == 1
    assert plain.equation == ()
