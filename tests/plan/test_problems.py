"""Every mistake is told once, where it was made, with what was meant."""

import pytest


def place(problem):
    return (problem.place.line, problem.place.column)


def test_a_right_spec_has_none(told):
    """The spec that the other tests break is right."""
    assert told() == []


MISTAKES = {
    "a column in another case": (
        ("formula: y ~ Dose}", "formula: y ~ dose}"),
        "unknown-column", (10, 33), "did you mean `Dose`?",
    ),
    "a mistyped key that is needed": (
        ("    formula: y ~ Dose\n    cov", "    formla: y ~ Dose\n    cov"),
        "unknown-key", (13, 5), "did you mean `formula`?",
    ),
    "a missing key": (
        ("    formula: y ~ Dose\n    cov", "    cov"), "missing-key", (11, 3), "",
    ),
    "a list in the place of a column": (
        ("groups: site", "groups: [site]"), "wrong-type", (8, 11), "",
    ),
    "a percentage in the place of a share": (
        ("    cov_struct: exchangeable", "    confidence: 95"),
        "confidence", (14, 17), "95% is written 0.95",
    ),
    "a value that is none of those allowed": (
        ("cov_struct: exchangeable", "cov_struct: exchangable"),
        "bad-value", (14, 17), "did you mean `exchangeable`?",
    ),
    "a theme that there is not": (("theme: default", "theme: blue"), "bad-value", (21, 10), ""),
    "a style of numbers that there is not": (
        ("theme: default", "numbers: {p: stars}"), "bad-value", (21, 16), "",
    ),
    "a dataset that prose mistypes": (
        ("data.trial.n", "data.trail.n"), "unknown-value", (16, 56), "did you mean `trial`?",
    ),
    "a coefficient that prose mistypes": (
        ("coef.Dose.", "coef.dose."), "unknown-value", (16, 15), "did you mean `Dose`?",
    ),
    "a comma within parentheses": (
        ("{kind: ols, formula: y ~ Dose}", "{kind: ols, formula: y ~ bs(Dose, df=4, degree=2)}"),
        "torn-text", (10, 40), "",
    ),
    "a label with a name that nothing gives": (
        ("    kind: gee", "    kind: gee\n    label: $level"), "unknown-param", (13, 12), "",
    ),
    "a tab": (("    kind: gee", "\tkind: gee"), "yaml", (12, 1), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_one_mistake_is_one_problem(told, case):
    """Its code, its place in the file, and the nearest right name where there is one."""
    change, code, where, hint = MISTAKES[case]
    (problem,) = told(change)
    assert (problem.code, place(problem), problem.hint) == (code, where, hint)


@pytest.mark.parametrize(
    "change",
    [
        ("source: trial.csv", "sauce: trial.csv"),
        ("kind: gee", "kind: geo"),
        ("    formula: y ~ Dose\n    cov", "    formula: y ~ Dose +\n    cov"),
    ],
    ids=["a dataset", "a kind", "a formula"],
)
def test_what_follows_from_a_mistake_is_not_told(told, change):
    """Prose and tables that name the broken thing are not wrong for that."""
    assert len(told(change)) == 1


def test_all_are_told_in_the_order_of_the_file(told):
    """Whatever finds them, problems come as a reader meets them."""
    found = told(("[html]", "[word]"), ("groups: site", "groups: sites"), ("title", "titel"))
    assert [problem.code for problem in found] == [
        "unknown-key",
        "unknown-column",
        "unknown-format",
    ]
    assert [place(problem) for problem in found] == sorted(place(problem) for problem in found)


def test_a_default_is_told_once_at_its_place(told):
    """One wrong default is one mistake, however many models take it."""
    (problem,) = told(
        ("groups: site", "groups: sites"),
        ("ols: {kind: ols,", "other: {kind: gee,"),
        ("[ols, ", "["),
    )
    assert place(problem) == (8, 11)


def test_a_value_of_another_model_is_told_with_the_kind_that_has_none_such(told):
    """It stands where it is right: what to do is said, too."""
    (problem,) = told(
        ("{kind: ols, formula: y ~ Dose}", "{kind: ols, formula: y ~ Dose, cov_type: HC3}"),
        ("    kind: gee\n    formula: y ~ Dose\n    cov", "    kind: gee\n    like: ols\n    cov"),
    )
    assert (problem.code, place(problem)) == ("bad-value", (10, 49))
    assert problem.message == "`cov_type` cannot be `HC3` in a model of kind `gee`"
    assert "`cov_type: null`" in problem.help


TWO = ("defaults:\n", "  other: {source: b.csv, columns: [y]}\ndefaults:\n")


def test_a_block_is_about_the_only_dataset_or_the_default(told):
    """With two of them it says which, as models do."""
    shown = ("  - table: compare", "  - table: sample\n  - table: compare")
    named = ("  groups: site", "  groups: site\n  data: trial")
    assert told(shown) == []
    assert told(shown, TWO, named) == []
    first, *_ = (each for each in told(shown, TWO) if "table" in each.message)
    assert first.code == "missing-key"
    assert first.message == "the table `sample` must say which `data` it shows"
    assert first.help == "datasets: trial, other"


def test_a_wrong_type_is_said_in_the_words_of_the_spec(told):
    """A column is called a column, not a text."""
    (problem,) = told(("groups: site", "groups: [site]"))
    assert problem.message == "`groups` must be the name of a column, not a list"
