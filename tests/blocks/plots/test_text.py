"""How wide a text is drawn, and where it breaks."""

from __future__ import annotations

import pytest

from reportgen.blocks.plots.library import settings
from reportgen.blocks.plots.text import width, wrapped


@pytest.fixture(autouse=True)
def _drawing():
    with settings():
        yield


def outlines(text, size, weight):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, size=size, prop=FontProperties(weight=weight))
    return path.vertices[:, 0].max() / 72


@pytest.mark.parametrize("weight", ["normal", "semibold"])
@pytest.mark.parametrize(
    "text", ["AVA To fi", "Age (years)", "kg/m² ", "√Ω → µ", "−0.47", "Łódź"], ids=ascii
)
def test_a_text_is_as_wide_as_its_outlines(text, weight):
    """Whatever typeface its signs are taken from; a blank at its end has no ink."""
    assert width(text, 9.5, weight) == outlines(text, 9.5, weight)


def test_the_longest_line_is_the_width():
    assert width("Age\nEducation\n") == width("Education") > width("Age")
    assert width(" \n") == 0.0


def test_a_text_that_fits_stays_on_its_line():
    assert wrapped("Non-Hispanic  White", 9.0) == "Non-Hispanic White"


def test_a_text_breaks_between_words_and_a_word_only_where_it_must():
    """A line holds as many words as fit; a word wider than a line is cut."""
    limit = width("one two")
    assert wrapped("one two one two", limit) == "one two\none two"
    cut = wrapped(f"one {'mmmm' * 8}", limit).split("\n")
    assert cut[0] == "one"
    assert "".join(cut[1:]) == "mmmm" * 8
    assert all(width(line) <= limit for line in cut)


def test_docstrings_of_matplotlib_are_written_again():
    """They are left out only while it is loaded for us."""
    from matplotlib.artist import kwdoc
    from matplotlib.lines import Line2D

    assert "linewidth" in kwdoc(Line2D)
