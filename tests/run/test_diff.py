"""What changed between two records."""

from __future__ import annotations

import copy

import pytest

from reportgen.run.diff import changes

RECORD = {
    "schema": "reportgen/results/1",
    "build": {"created": "2026-01-01T00:00:00Z", "spec_sha256": "a" * 64},
    "datasets": {"trial": {"n": 96, "steps": [{"label": "Adults", "before": 100, "after": 96}]}},
    "models": {
        "ols": {
            "status": "ok",
            "coef": {"x": {"estimate": 0.5, "se": 0.1, "df": None}},
            "notes": [{"level": "warning", "code": "few-clusters", "text": "few"}],
        }
    },
    "claims": [{"claim": "It grows", "holds": True, "line": 10}],
}


def changed(edit):
    after = copy.deepcopy(RECORD)
    edit(after)
    return changes(RECORD, after)


def test_nothing_changed():
    """A record is equal to itself, whenever it was made."""
    assert changed(lambda after: after["build"].update(created="2027-05-05T00:00:00Z")) == ()


def test_a_number_and_by_how_much():
    """The path says whose number it is."""
    (one,) = changed(lambda after: after["models"]["ols"]["coef"]["x"].update(estimate=0.55))
    assert one.path == ("models", "ols", "coef", "x", "estimate")
    assert one.relative == pytest.approx(0.1)


def test_rounding_of_another_machine_is_no_change():
    """Numbers that agree to nine digits are the same."""
    assert changed(lambda after: after["models"]["ols"]["coef"]["x"].update(se=0.1 + 1e-13)) == ()


def test_what_is_new_and_what_is_gone():
    """A model that was not there has no value before; a coefficient that is gone none after."""

    def edit(after):
        after["models"]["gee"] = {"status": "ok"}
        del after["models"]["ols"]["coef"]["x"]

    gone, new = changed(edit)
    assert (gone.path, gone.after) == (("models", "ols", "coef", "x"), None)
    assert (new.path, new.before) == (("models", "gee"), None)


def test_a_value_that_becomes_undefined():
    """From nothing to a number is a change without a percentage."""
    (one,) = changed(lambda after: after["models"]["ols"]["coef"]["x"].update(df=30.0))
    assert (one.before, one.after, one.relative) == (None, 30.0, None)


def test_claims_and_steps_are_compared_by_their_text():
    """A claim that moved to another line is the same claim; one that fails is a change."""
    assert changed(lambda after: after["claims"][0].update(line=99)) == ()
    (one,) = changed(lambda after: after["claims"][0].update(holds=False))
    assert one.path == ("claims", "It grows", "holds")
    (step,) = changed(lambda after: after["datasets"]["trial"]["steps"][0].update(after=90))
    assert step.path == ("datasets", "trial", "steps", "Adults", "after")
