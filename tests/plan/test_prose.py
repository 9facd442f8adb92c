"""Prose before anything is fitted: mathematics that cannot be read, footnotes that do not meet."""

from __future__ import annotations

import pytest

ASKED = '"{{ models.gee.coef.Dose.estimate }} from {{ data.trial.n }} rows"'
BLOCK = """|
      A first line, then $\\alpha + \\frax{a}{b}$ and more[^q].

      [^p]: A note."""

WRONG = {
    "mathematics": ("'so $\\fra{1}{2}$ is'", "`\\fra` is not among the commands", (16, 16, 4)),
    "a value in mathematics": (
        "'$x = {{ models.gee.coef.Dose.estimate | num }}^$'", "nothing follows `^`", (16, 58, 1),
    ),
    "a footnote": ("'so[^a]'", "there is no such footnote in this text", (16, 14, 4)),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_read_is_told_at_its_place(what: str, told) -> None:
    """Line, column and length of the sign or name at fault."""
    text, message, place = WRONG[what]
    (problem,) = told((ASKED, text))
    assert message in problem.message
    found = problem.place
    assert found is not None
    assert (found.line, found.column, found.length) == place


def test_the_lines_of_a_block_are_counted(told) -> None:
    """In a text of several lines each mistake has its own line and column."""
    found = told((ASKED, BLOCK))
    places = [(each.code, each.place.line, each.place.column) for each in found if each.place]
    assert places == [("maths", 17, 36), ("footnote", 17, 57), ("footnote", 19, 7)]


def test_money_and_right_mathematics_are_no_mistakes(told) -> None:
    """Dollars stay, and so does what can be read; the abstract is prose, too."""
    text = "'from $5 to $6, $x_1$ and $\\frac{1}{2}$[^1]'"
    assert told((ASKED, "'from $5 to $6, $x_1$ and $\\frac{1}{2}$'")) == []
    title = "title: A small trial"
    (problem,) = told((title, f"{title}\nabstract: {text}"))
    assert problem.code == "footnote"
