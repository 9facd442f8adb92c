"""Sentences are said in any language: numbers with its signs, words by number, names by labels."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen.core.digest import plain
from reportgen.core.numbers import conventions
from reportgen.core.revive import revive
from reportgen.core.saying import english, unfit, written
from reportgen.core.sentences import Names, Sentence, named_coefs, named_column, say
from reportgen.core.types import Note
from reportgen.core.words import languages, load, texts, writing

SECTION = "finding."
HOUSE = Path(reportgen.__file__).parent


def said(sentence, lang, label=lambda role, name, of: None):
    words = load(lang)
    with conventions(writing(words, "default")):
        return written(sentence, words, label)


def calls():
    """Every `say(…)` of the house: its key and the names of its values."""
    for file in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "say"
                and file.name != "prose.py"
            ):
                yield file, node


def placeholders(text):
    return set(re.findall(r"\{(\w+)", text))


def test_every_sentence_has_a_text_with_its_values():
    """A key that is misspelt, or a value that no text has a place for, is found without a fit."""
    wrong = []
    for file, node in calls():
        key = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        given = {each.arg for each in node.keywords}
        if key is None or placeholders(texts("en").get(SECTION + key, "{?}")) != given:
            wrong.append(f"{file.name}:{node.lineno} {key}")
    assert not wrong


def test_every_text_is_said_by_somebody():
    """A sentence that nothing raises any more is taken out of every language."""
    asked = {node.args[0].value for _, node in calls()}
    held = {name.removeprefix(SECTION) for name in texts("en") if name.startswith(SECTION)}
    assert held == asked


@pytest.mark.parametrize("lang", languages())
def test_every_text_can_be_filled_in(lang):
    """With one of everything and with several: no text has a broken place."""
    for name, text in texts(lang).items():
        if name.startswith(SECTION):
            for many in (1, 3):
                values = tuple((each, many) for each in sorted(placeholders(text)))
                found = said(Sentence(name.removeprefix(SECTION), values), lang)
                assert not re.search(r"[{}|]", found), name


def test_words_go_by_the_number():
    """One row has, two rows have; French begins its plural at 2."""
    one, many = (say("single-member-clusters", alone=n, clusters=1200) for n in (1, 2))
    assert said(one, "en").startswith("1 of 1,200 clusters has one row")
    assert said(many, "en").startswith("2 of 1,200 clusters have one row")
    assert said(one, "de").startswith("1 von 1.200 Clustern hat nur")
    assert said(many, "de").startswith("2 von 1.200 Clustern haben nur")
    none = say("set-missing", name=named_column("x"), rows=0)
    assert said(none, "fr").startswith("0 ligne ")
    assert said(none, "en").startswith("0 rows ")


def test_decimals_and_digits_are_written_as_the_language_does():
    """One decimal, two significant digits, and numbers as they were given."""
    shift = say("approximation", nodes=7, shift=np.float64(0.26))
    assert "about 0.3 standard errors" in said(shift, "en")
    assert "etwa 0,3 Standardfehler" in said(shift, "de")
    slow = say("not-confirmed", code="`fit_vb`", gradient=0.01234, most=0.01)
    assert "gradient of 0.012" in said(slow, "en")
    assert "gradiente de 0,012" in said(slow, "pt")


def test_names_stand_in_backticks_or_by_their_labels():
    """Many are cut short; the words around them go by how many they are."""
    labels = {"x": "Age", "C(g)[T.2]": "Group: two"}
    two = say("one-cluster-level", names=named_coefs(["x", "C(g)[T.2]"]))
    assert english(two).startswith("`x` and `C(g)[T.2]` rest on")
    assert said(two, "de", lambda role, name, of: labels[name]).startswith(
        "„Age“ und „Group: two“ beruhen auf"
    )
    many = say("no-error", names=named_coefs([f"x{n}" for n in range(8)], 3))
    assert english(many).endswith("`x0`, `x1`, `x2` and 5 more")
    level = say("one-level", name=named_column("x"), level=Names("level", ("2",), "x"))
    assert said(level, "en", lambda role, name, of: f"{role} {name}{of}") == (
        "“column x” has one level, “level 2x”, in the rows used"
    )


def test_sentences_stand_in_sentences():
    """Several one after the other, in the same language as that around them."""
    found = [say("part_zero", name=named_column(name)) for name in ("a", "b")]
    assert said(say("separation_all", levels=found), "es") == (
        "la varianza de `a` se estima en cero; la varianza de `b` se estima en cero: "
        "ninguna estimación es finita"
    )


def test_a_note_is_plain_data_and_comes_back():
    """With a sentence or with a text; its own text is English."""
    parts = (say("part_count", name=named_column("x"), count=3),)
    for note in (
        Note("warning", "no-rows", say("no-rows", missing=parts), ("x",)),
        Note("info", "mine", "a plugin's own words"),
    ):
        assert revive(Note, plain(note)) == note
    assert Note("error", "no-rows", say("no-rows", missing=parts)).text == (
        "no row is complete (values missing: `x` 3)"
    )


def test_english_is_english_while_another_report_is_written():
    """results.json does not depend on who else is writing numbers."""
    sentence = say("zero-weights", rows=12345)
    with conventions(writing(load("de"), "default")):
        assert english(sentence) == "12,345 rows have a weight of zero"


def test_an_error_says_it_in_english_and_keeps_the_sentence():
    """The terminal reads the one, the report says the other."""
    problem = unfit(say("one-mean"), ("of",), help="more").problems[0]
    assert (problem.code, problem.path, problem.help) == ("one-mean", ("of",), "more")
    assert problem.message == "there is one mean, so there is nothing to compare"
    assert problem.said == say("one-mean")
