"""Which predicted effects belong together, and what they are called."""

from __future__ import annotations

import pytest

from reportgen.blocks.randomeffects import (
    chosen_effect,
    effect_names,
    factor_of,
    heading,
    held,
    levels_of,
)
from reportgen.core.errors import FitError, SpecError


def shown(model, name, context):
    return [(each.label, each.effect.estimate) for each in held(model, name, context)]


def test_levels_within_clusters(nested, make_context):
    """Each room of each cluster is an effect of `room`, called by both."""
    context = make_context(nested)
    assert effect_names(nested) == ("group", "room")
    assert shown(nested, "group", context) == [("1191", 0.5), ("1192", -0.5)]
    assert shown(nested, "room", context) == [
        ("1191, 1", 1.0),
        ("1191, 2", -1.0),
        ("1192, 1", 0.25),
    ]
    assert heading("room", nested, context) == "Room within masked variance unit"
    assert heading("group", nested, context) == "Masked variance unit"
    assert (factor_of("room", nested), levels_of("room", nested)) == ("room", 3)


def test_levels_of_crossed_factors(crossed, make_context):
    """A level is called by its label; a code that two factors share means two effects."""
    context = make_context(crossed)
    assert effect_names(crossed) == ("sex", "room")
    assert shown(crossed, "sex", context) == [("Female", 0.1), ("Male", -0.1)]
    assert shown(crossed, "room", context) == [("Male", 0.3), ("2", -0.3)]
    assert heading("sex", crossed, context) == "Sex"


def test_an_effect_must_be_one_of_the_models(nested, ols):
    """The first where none is asked for; another name is an error that lists them."""
    assert chosen_effect(nested, None) == "group"
    assert chosen_effect(nested, "room") == "room"
    with pytest.raises(SpecError) as caught:
        chosen_effect(nested, "ward")
    assert caught.value.problems[0].help == "its random effects are `group`, `room`"
    with pytest.raises(FitError):
        chosen_effect(ols, None)
