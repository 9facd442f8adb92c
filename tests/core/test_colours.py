"""Contrast as WCAG measures it, and colours that are made readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core.colours import AA, contrast, is_colour, readable

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#ffffff", 21),
        ("#fff", "#fff", 1),
        ("#767676", "#fff", 4.54),
        ("#f00", "#fff", 4.0),
    ],
)
def test_contrast_is_that_of_the_standard(one, other, ratio):
    """#767676 is the well-known grey that just passes on white, pure red one that does not."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@given(colours, st.sampled_from(["#ffffff", "#13181c"]))
def test_every_colour_is_made_readable(colour, paper):
    """On white and on the paper of the dark scheme."""
    assert contrast(readable(colour, paper), paper) >= AA


def test_a_colour_that_can_be_read_stays():
    """A brand's own blue is not touched."""
    assert readable("#0b5a8a", "#ffffff") == "#0b5a8a"


@pytest.mark.parametrize("text", ["red", "#12", "#12345", "rgb(1,2,3)", "#0b5a8a;", "url(x)", ""])
def test_only_hexadecimal_colours_are_read(text):
    """Nothing that could carry more than a colour into a style sheet."""
    assert not is_colour(text)
