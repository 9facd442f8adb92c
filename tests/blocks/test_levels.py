"""Outcomes of several levels in tables and plots: columns or a curve for each level."""

from __future__ import annotations

import pytest

from reportgen.blocks.plots.effects import Effects
from reportgen.blocks.tables.contrasts import Contrasts
from reportgen.blocks.tables.predictions import Predictions
from reportgen.core.errors import SpecError
from reportgen.core.types import Coef, Compared, Equation, Margin, Method, Result

RACES = ("1", "2", "3")
NAMES = ["Mexican American", "Other Hispanic", "Non-Hispanic White"]
PAIR = Compared({"RIAGENDRx": "Male"}, {"RIAGENDRx": "Female"})


def value(estimate):
    return Coef(estimate, 0.02, 5.0, None, 0.01, estimate - 0.04, estimate + 0.04)


def margins(compared=(), at=({"RIAGENDRx": "Female"}, {"RIAGENDRx": "Male"})):
    return tuple(
        Margin(value(0.1 * int(level) + 0.01 * place), point, compared, level)
        for level in RACES
        for place, point in enumerate(at)
    )


@pytest.fixture
def nominal(make_model, gee):
    """Race by sex, as a multinomial model would have it."""
    equations = {level: Equation("outcome", f"{level}:", "odds_ratio", level, "1")
                 for level in RACES[1:]}  # fmt: skip
    return make_model(
        "race", label="Multinomial", outcome="RIDRETH1", terms=gee.result.terms,
        coef=gee.result.coef, equations=equations,
        method=Method("ml", "nonrobust", family="multinomial", link="logit", scale="odds_ratio"),
    )  # fmt: skip


@pytest.fixture
def build(make_context):
    def made(block, models, found, **options):
        answers = {model.id: Result("r", "ok", margins=found) for model in models}
        context = make_context(*models).with_computed(answers)
        given = {"models": tuple(model.id for model in models), **options}
        return block.build(block.Options(**given), context)

    return made


def rows(table):
    return [row for block in table.blocks for row in block.rows]


def test_each_level_has_columns_below_its_name(build, nominal):
    """A row a point, a spanner a level; what an estimate is called and what adds up is said."""
    table = build(Predictions(), [nominal], margins(), of=("RIAGENDRx",))
    assert [column.spanner for column in table.columns] == [name for name in NAMES for _ in "ab"]
    assert {column.label for column in table.columns} == {"Probability", "95% CI"}
    assert [row.label for row in rows(table)] == ["Female", "Male"]
    assert [cell.value for cell in rows(table)[1].cells][::2] == pytest.approx([0.11, 0.21, 0.31])
    assert "predicted probabilities" in table.caption
    assert "The probabilities of all levels add up to 1." in table.notes


def test_two_models_and_their_levels(build, nominal, make_model):
    """With several models a spanner names both, and the columns of each stand together."""
    result = nominal.result
    other = make_model("second", label="Second", outcome="RIDRETH1", terms=result.terms,
                       coef=result.coef, method=result.method)  # fmt: skip
    table = build(Predictions(), [nominal, other], margins(), of=("RIAGENDRx",))
    spanners = list(dict.fromkeys(column.spanner for column in table.columns))
    assert spanners == [f"{label}: {name}" for label in ("Multinomial", "Second") for name in NAMES]


def test_effects_on_each_level(build, nominal):
    """Average effects are differences of probabilities, and the table says what they add up to."""
    found = margins((PAIR,), at=({},))
    table = build(Predictions(), [nominal], found, effects="average")
    assert [row.label for row in rows(table)] == ["Sex", "Female", "Male"]
    assert len(rows(table)[2].cells) == 9
    assert "Effects on the probabilities of all levels add up to 0." in table.notes
    assert any("differences of probabilities" in note for note in table.notes)


@pytest.mark.parametrize(
    ("options", "head", "note"),
    [
        ({"type": "response"}, "Difference", "Differences of the probabilities of all levels add"),
        ({"type": "response", "exponentiate": True}, "Risk ratio", "of each level of the outcome"),
        ({"exponentiate": True}, "Odds ratio", "against Mexican American"),
    ],
)
def test_comparisons_of_each_level(build, nominal, options, head, note):
    """Differences or ratios of probabilities, or odds ratios against the reference."""
    found = (*margins((PAIR,), at=({},)), *margins((Compared(name="linear"),), at=({},)))
    table = build(Contrasts(), [nominal], found, of=("RIAGENDRx",), **options)
    assert table.columns[0].label == head
    assert any(note in each for each in table.notes)
    assert any("for the 2 comparisons of each level" in each for each in table.notes)


def test_a_curve_for_each_level(build, nominal):
    """The level is the first column of the data and stands in the text for those who see none."""
    ages = tuple({"RIDAGEYR": age} for age in (20.0, 40.0, 60.0))
    figure = build(Effects(), [nominal], margins(at=ages), x="RIDAGEYR")
    assert figure.columns[0] == "Race/ethnicity"
    assert [row[0] for row in figure.rows] == [name for name in NAMES for _ in ages]
    assert all(f"{name}: from" in figure.alt for name in NAMES)
    assert "Predicted probability: Race/ethnicity" in figure.alt


def test_levels_within_levels_are_curves_by_both_names(build, nominal):
    """With `by` a curve is told by the outcome's level and the factor's."""
    points = tuple(
        {"RIAGENDRx": sex, "RIDAGEYR": age}
        for sex in ("Female", "Male")
        for age in (20.0, 40.0, 60.0)
    )
    figure = build(Effects(), [nominal], margins(at=points), x="RIDAGEYR", by="RIAGENDRx")
    assert figure.columns[0] == "Race/ethnicity, Sex"
    assert "Other Hispanic, Male" in [row[0] for row in figure.rows]


def test_too_many_curves_name_the_way_out(build, nominal):
    """Fewer levels of the outcome, or fewer of the factor."""
    points = tuple({"RIAGENDRx": sex, "RIDAGEYR": 20.0} for sex in ("Female", "Male", "Other"))
    with pytest.raises(SpecError) as caught:
        build(Effects(), [nominal], margins(at=points), x="RIDAGEYR", by="RIAGENDRx")
    assert "`levels: […]` and `at: {RIAGENDRx: […]}`" in str(caught.value.problems[0].help)


def test_levels_are_asked_for_by_their_codes(make_context, nominal):
    """A level is written as it stands in the data: 1 and "1" are the same."""
    given = Predictions.Options(models=("race",), of=("RIAGENDRx",), levels=(1, "3"))
    (request,) = Predictions().requests(given, make_context(nominal)).values()
    assert request.options["levels"] == ("1", "3")


def test_the_chance_of_a_zero_is_called_so(build, make_model, gee):
    """A probability, whatever the outcome is counted in."""
    counts = make_model("counts", label="Counts", outcome="BPXSY1", terms=gee.result.terms,
                        method=Method("ml", "nonrobust", family="poisson", link="log"),
                        equations={"inflate": Equation("inflate", "inflate_")})  # fmt: skip
    found = tuple(Margin(value(0.4), {"RIAGENDRx": sex}) for sex in ("Female", "Male"))
    table = build(Predictions(), [counts], found, of=("RIAGENDRx",), type="zero")
    assert table.columns[0].label == "Probability of zero"
    means = build(Predictions(), [counts], found, of=("RIAGENDRx",))
    assert "Means are those of all counts, the excess zeros among them." in means.notes
