"""Covariates that blocks name are checked against the models' formulas, before any data is read."""

import pytest

TABLE = ("  - table: compare\n    models: [ols, gee]\n",)
BLOCKS = {
    "a column that is no covariate": (
        "  - table: contrasts\n    models: ols\n    of: site\n", (19, 9), "",
    ),
    "one in a list": (
        "  - table: predictions\n    models: [ols, gee]\n    of: [Dose, y]\n", (19, 16), "",
    ),
    "a key of `at`": (
        "  - table: predictions\n    models: ols\n    of: Dose\n    at: {dose: 1}\n",
        (20, 10), "did you mean `Dose`?",
    ),
    "the axis of a plot": (
        "  - plot: effects\n    models: gee\n    x: Does\n", (19, 8), "did you mean `Dose`?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BLOCKS)
def test_a_covariate_that_the_model_does_not_have(told, case):
    """It is told once, at its line and column, with the nearest name."""
    block, place, hint = BLOCKS[case]
    problems = told((TABLE[0], block))
    assert {problem.code for problem in problems} == {"unknown-covariate"}
    assert {(problem.place.line, problem.place.column) for problem in problems} == {place}
    assert problems[0].hint == hint


def test_values_at_a_covariate_are_of_any_type(told):
    """Numbers for a number, levels for a factor; one value may stand without a list."""
    block = "  - table: predictions\n    models: ols\n    of: Dose\n    at: {Dose: [1, 2.5]}\n"
    assert told((TABLE[0], block)) == []
    assert told((TABLE[0], block.replace("[1, 2.5]", "3"))) == []


def test_a_formula_that_cannot_be_read_is_told_where_it_stands(told):
    """The block adds nothing to the mistake in the model."""
    block = "  - table: contrasts\n    models: ols\n    of: Dose\n"
    problems = told((TABLE[0], block), ("ols: {kind: ols, formula: y ~ Dose}",
                                        "ols: {kind: ols, formula: y ~ }"))  # fmt: skip
    assert "unknown-covariate" not in {problem.code for problem in problems}


@pytest.mark.parametrize(
    ("value", "known"),
    [("wald.Dose.p", True), ("wald.Dose.q", False), ("wald.dose.p", False)],
)
def test_tests_of_terms_in_prose(told, value, known):
    """`models.gee.wald.Dose.p` names a term of the formula and a value of its test."""
    problems = told(("models.gee.coef.Dose.estimate", f"models.gee.{value}"))
    assert [problem.code for problem in problems] == ([] if known else ["unknown-value"])
