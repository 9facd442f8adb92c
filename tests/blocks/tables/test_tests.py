"""`table: tests`: each model against the one above it."""

from __future__ import annotations

from dataclasses import replace

import pytest

import reportgen.blocks.tables.tests as module
from reportgen.core.errors import SpecError
from reportgen.core.types import Wald

BLOCK = module.Tests()


def build(make_context, *models):
    options = BLOCK.Options(compare=tuple(model.id for model in models))
    assert list(BLOCK.check(options)) == []
    return BLOCK.build(options, make_context(*models))


def contents(table):
    return {row.label: [cell.empty or cell.value for cell in row.cells] for row in
            table.blocks[0].rows}  # fmt: skip


def test_the_reference_comparison(make_context, independent, correlated, golden):
    """Independent against correlated slopes: the statistic, df and p of R."""
    known = golden("nhanes_lrt_R")["2015_2016"]["REML_corr_vs_indep"]
    table = build(make_context, independent, correlated)
    rows = contents(table)
    assert rows["Independent"] == [-21415.855301054668, 7, None, None, None, None]
    llf, parameters, statistic, df, null, p = rows["Correlated"]
    assert (llf, parameters, df, null) == (-21413.61925366176, 8, 1, "χ²(1)")
    assert statistic == pytest.approx(known["LRT"], abs=1e-3)
    assert p == pytest.approx(known["p"], rel=1e-3)
    assert table.notes == ("Each model is tested against the one above it.",)
    assert table.blocks[0].rows[1].cells[0].mark == "a"
    assert table.marks == {"a": "The estimate may be on the boundary."}


def test_the_boundary_is_explained(make_context, make_slopes, independent):
    """The mixture stands in the row, its reason in the note."""
    few = make_slopes("intercept", -21419.802753068798, {"group": 8.736193651703331})
    table = build(make_context, few, independent)
    assert contents(table)["Independent"][4] == "½ χ²(0) + ½ χ²(1)"
    assert "Self and Liang 1987" in table.notes[1]


def test_a_refusal_is_said_in_words(make_context, mixed, gee, broken):
    """No statistic, a letter, and the reason."""
    table = build(make_context, mixed, gee, broken)
    rows = table.blocks[0].rows
    assert [row.cells[2].empty for row in rows] == [None, "undefined", "undefined"]
    assert [row.cells[2].mark for row in rows] == ["", "a", "c"]
    assert "GEE has no likelihood" in table.marks["a"]
    assert rows[2].cells[0].mark == "b"
    assert table.marks["b"].startswith("Broken could not be fitted: the design")
    assert table.marks["c"] == "Broken: no test, because Broken could not be fitted."
    assert rows[1].cells[0].empty == "undefined"
    assert rows[2].cells[0].empty == "failed"


def test_several_variances_are_marked(make_context, make_slopes):
    """That p is an upper bound is said with the model's name."""
    few = make_slopes("few", -100.0, {"group": 1.0})
    many = make_slopes("many", -97.0, {"group": 1.0, "age_cen": 0.1, "BMXBMI": 0.1})
    table = build(make_context, few, many)
    assert table.blocks[0].rows[1].cells[4].mark == "a"
    assert table.marks["a"].startswith("many: more than one variance")


def test_a_model_against_itself(make_context, mixed):
    """Nothing is tested, and the reason is given."""
    table = build(make_context, mixed, mixed)
    assert table.blocks[0].rows[0].label == "Random intercept"
    assert "the same parameters" in table.marks["a"]


def test_least_squares_is_compared_by_its_restricted_likelihood(make_context, ols, mixed, golden):
    """R's ratio of a REML fit and none, and the note says which likelihood that took."""
    known = golden("nhanes_lrt_R")["2015_2016"]["REML_int_vs_none"]
    llf = mixed.result.stats["llf"]
    stats = {**mixed.result.stats, "llf_null": llf - known["LRT"] / 2}
    model = replace(mixed, result=replace(mixed.result, stats=stats))
    table = build(make_context, ols, model)
    _, _, statistic, df, null, p = contents(table)["Random intercept"]
    assert (df, null) == (1, "½ χ²(0) + ½ χ²(1)")
    assert statistic == pytest.approx(known["LRT"], rel=1e-12)
    assert p == pytest.approx(known["p_chibar"], rel=1e-6)
    assert (
        "Random intercept: against the restricted log-likelihood of OLS, −21,463.6." in table.notes
    )


def wald(make_context, *models):
    options = BLOCK.Options(models=tuple(model.id for model in models))
    assert list(BLOCK.check(options)) == []
    return BLOCK.build(options, make_context(*models))


def test_terms_are_tested_whole(make_context, ols, smoke_glm):
    """A row a term with its null distribution: F where there are degrees of freedom, else χ²."""
    tests = {"RIDAGEYR": Wald(1376.7, 1, 5094.0, 1e-200), "C(RIDRETH1)": Wald(24.4, 4, 12.25, 0.04)}
    linear = replace(ols, result=replace(ols.result, wald=tests))
    logistic = replace(
        smoke_glm, result=replace(smoke_glm.result, wald={"RIDAGEYR": Wald(112.0, 1, None, 1e-9)})
    )
    table = wald(make_context, linear, logistic)
    assert [block.title for block in table.blocks] == ["OLS", "GLM"]
    first, second = ({row.label: row.cells for row in block.rows} for block in table.blocks)
    assert [cell.value for cell in first["Age (years)"]] == [1376.7, "F(1, 5,094)", 1e-200]
    assert first["Race/ethnicity"][1].value == "F(4, 12.3)"
    assert second["Age (years)"][1].value == "χ²(1)"
    assert first["Sex"][0].empty == "undefined"
    assert any("allows no test" in note for note in table.notes)
    assert "Intercept" not in first


def test_a_failed_model_has_no_terms_to_test(make_context, broken):
    """It says why instead."""
    table = wald(make_context, broken)
    assert table.blocks[0].rows[0].cells[0].empty == "failed"
    assert "rank deficient" in table.marks["a"]


def test_two_kinds_of_tests_are_two_tables():
    """`compare` and `models` together are a problem at `models`."""
    (problem,) = BLOCK.check(BLOCK.Options(compare=("a", "b"), models=("a",)))
    assert (problem.code, problem.path) == ("two-tests", ("models",))


def test_one_model_is_no_comparison(make_context, mixed):
    """An error at `compare`."""
    with pytest.raises(SpecError) as caught:
        build(make_context, mixed)
    assert caught.value.problems[0].path == ("compare",)


def test_models_must_be_named():
    """An empty list is a problem at `compare`."""
    (problem,) = BLOCK.check(BLOCK.Options(compare=()))
    assert problem.path == ("compare",)
