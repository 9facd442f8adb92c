"""What variables, models and lists are called."""

from __future__ import annotations

import pytest

from reportgen.blocks.labels import joined, lowered, model_labels, variable_text
from reportgen.core.types import Variable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Masked variance unit", "masked variance unit"),
        ("BMI at baseline", "BMI at baseline"),
        ("HbA1c", "HbA1c"),
        ("C-reactive protein", "C-reactive protein"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence(text, expected):
    """An ordinary first word loses its capital, a short form keeps it."""
    assert lowered(text) == expected


def test_the_unit_is_named_once():
    """A unit that the label already ends with is not repeated."""
    assert variable_text(Variable("a", "Age", unit="years")) == "Age (years)"
    assert variable_text(Variable("a", "Age (years)", unit="years")) == "Age (years)"


@pytest.mark.parametrize(
    ("texts", "expected"), [((), ""), ("a", "a"), ("ab", "a and b"), ("abca", "a, b and c")]
)
def test_a_list_in_a_sentence(texts, expected, words):
    """Commas, an "and" before the last, nothing twice."""
    assert joined(texts, words) == expected


def test_equal_labels_are_told_apart(make_model):
    """Two models of one label carry their ids; one model named twice does not."""
    one, two = make_model("a", label="GEE"), make_model("b", label="GEE")
    assert model_labels([one, two]) == {"a": "GEE [a]", "b": "GEE [b]"}
    assert model_labels([one, one]) == {"a": "GEE"}
