"""Findings and steps are in the language of the report, and say the label of what has one."""

from __future__ import annotations

import pytest

from reportgen.core.document import Context
from reportgen.core.numbers import conventions
from reportgen.core.saying import english
from reportgen.core.sentences import (
    Names,
    named_coefs,
    named_column,
    named_level,
    named_model,
    named_term,
    say,
)
from reportgen.core.types import Facts, Method, Model, Note, Result, Step, Term, Variable
from reportgen.core.words import load, writing
from reportgen.run.wording import said_in, worded, worded_results

VARIABLES = {
    "smq": Variable("smq", "Ever smoker", levels={"1": "Yes", "2": "No"}),
    "group": Variable("group", "group"),
    "site": Variable("site", "Centre", levels={"7": "Ulm"}),
}


def context(notes=(), steps=(), data_notes=(), lang="en", **known):
    facts = Facts("d", 5, 5, "0", variables=VARIABLES, notes=data_notes, steps=steps)
    result = Result(
        "mixedlm", "warning", notes=notes, method=Method("reml", "observed", groups="site"), **known
    )
    model = Model("m", "m", "Main", "d", result, options={"groups": "site"})
    return Context({"m": model}, {"d": facts}, load(lang))


def texts(*said, lang="en", **known):
    """What findings of a model say in the report."""
    given = context(tuple(Note("info", "a", each) for each in said), lang=lang, **known)
    with conventions(writing(given.words, "default")):
        return [note.text for note in worded(given).models["m"].result.notes]


def test_columns_in_a_text_are_called_by_their_labels():
    """In what a plugin says; a column without a label, and any other name in backticks, stay."""
    text = "`smq` by `group`, `vc_formula`"
    given = context((Note("warning", "b", text, ("smq",)),), data_notes=(Note("info", "a", text),))
    shown = worded(given)
    expected = "“Ever smoker” by `group`, `vc_formula`"
    assert shown.models["m"].result.notes == (Note("warning", "b", expected, ("smq",)),)
    assert shown.datasets["d"].notes == (Note("info", "a", expected),)
    assert given.models["m"].result.notes[0].text == text


def test_sentences_are_in_the_language_and_name_labels():
    """Numbers have its signs; who was given the sentence keeps the names."""
    said = say("set-missing", name=named_column("smq"), rows=1200)
    assert texts(said, lang="de") == [
        "1.200 Zeilen von „Ever smoker“ wurden ihrem Code gemäß als fehlend gesetzt"
    ]
    assert english(said) == "1,200 rows of `smq` were set missing by their code"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (named_column("smq"), "“Ever smoker”"),
        (named_column("unheard"), "`unheard`"),
        (named_column("group"), "`group`"),
        (named_term("np.log(smq)"), "“Ever smoker, natural logarithm”"),
        (named_coefs(["C(smq)[T.2]"]), "“Ever smoker: No”"),
        (named_coefs(["C(smq)[T.2]:group"]), "“Ever smoker: No × group”"),
        (named_coefs(["Intercept"]), "`Intercept`"),
        (named_level("2", "smq"), "“No”"),
        (named_level("3", "smq"), "`3`"),
        (Names("cluster", ("7", "8")), "“Ulm” and `8`"),
        (Names("component", ("smq",)), "“slope of ever smoker”"),
        (named_model("m"), "“Main”"),
    ],
)
def test_every_name_is_called_by_what_it_is(names, shown):
    """Coefficients as in tables, levels of their column, clusters by the levels of `groups`."""
    assert texts(say("no-error", names=names)) == [
        f"the data say nothing of the precision of {shown}"
    ]


def test_a_coefficient_is_called_as_the_tables_call_it():
    """A threshold's name says nothing by itself; its row does."""
    terms = (Term("1", ("smq",), ("1/2",), "threshold", {"1": "1/2"}, "2"),)
    (text,) = texts(say("no-error", names=named_coefs(["1/2"])), terms=terms)
    assert "Yes" in text
    assert "1/2" not in text


def test_the_variance_between_clusters_is_called_by_what_they_are():
    """The random intercept carries the name of the clusters' column, or none of its own."""
    said = say("part_zero", name=Names("component", ("Group",)))
    assert texts(said) == ["the variance of “centre (intercept)” is estimated as zero"]


def test_steps_that_nobody_named_are_in_the_language():
    """One with its author's label stays as it is."""
    steps = (
        Step(say("step_complete", columns=Names("column", ("smq", "group"))), 9, 7),
        Step("Adults", 7, 5),
    )
    shown = worded(context(steps=steps, lang="fr")).datasets["d"].steps
    assert [each.label for each in shown] == [
        "Données complètes\u00a0: «\u00a0Ever smoker\u00a0» et group", "Adults",
    ]  # fmt: skip
    assert steps[0].label == "Complete data on smq and group"


def test_what_blocks_asked_for_is_called_by_labels_too():
    """Unless two datasets give a column two labels: which one is meant is not known there."""
    other = {"smq": Variable("smq", "Ever smoker"), "x": Variable("x", "Another")}
    facts = {
        "d": Facts("d", 5, 5, "0", variables={**VARIABLES, "x": Variable("x", "One")}),
        "e": Facts("e", 5, 5, "0", variables=other),
    }
    notes = (
        Note("warning", "b", "`group`, `x`"),
        Note("warning", "c", say("no-error", names=named_coefs(["C(x)[T.2]", "group"]))),
    )
    given = Context({}, facts, load("en"))
    shown = worded_results({"gee": Result("gee", "warning", notes=notes)}, given)["gee"].notes
    assert shown[0].text == "`group`, `x`"
    assert shown[1].text.endswith("“x: 2” and `group`")


def test_an_error_of_a_block_is_said_in_the_language():
    """With the model by its label; a text stays as it is."""
    given = context(lang="pt")
    said = say("no-residuals", model=named_model("m"))
    assert said_in(said, given) == "o modelo “Main” não tem resíduos"
    assert said_in("a plugin's own", given) == "a plugin's own"
