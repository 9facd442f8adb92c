"""Kept results: by what they depend on, whole or not at all."""

from __future__ import annotations

import json

import pytest

from reportgen.core.clusters import Component, Effect, GroupSize
from reportgen.core.digest import canonical
from reportgen.core.revive import revive
from reportgen.core.types import Coef, Note, Result, Term
from reportgen.run.kept.cache import Cache

RESULT = Result(
    "mixedlm", "warning", "y ~ x", "y", n=10, n_groups=2, group_size=GroupSize(4, 5.0, 6),
    coef={"x": Coef(0.1 + 0.2, 1e-300, df=None, variable="x")}, vcov=((1.0, 0.5), (0.5, 2.0)),
    terms=(Term("x", ("x",), ("x",), levels={"a": "x[T.a]"}),), stats={"llf": -1.5, "aic": None},
    variance={"site": Component(3.615, 1.9)}, random_effects={"1": {"site": Effect(0.5, None)}},
    observations={"fitted": (1.0, 2.0)}, notes=(Note("warning", "boundary", "…"),),
)  # fmt: skip


def test_a_result_comes_back_as_it_was():
    """Every number to its last bit, every tuple a tuple."""
    assert revive(Result, json.loads(canonical(RESULT))) == RESULT


@pytest.mark.parametrize(
    "change",
    [
        {"n": "10"}, {"n": 1.5}, {"status": "fine"}, {"terms": {}}, {"notes": [1]},
        {"coef": {"x": {"estimate": 1.0}}}, {"more": 1},
    ],
)  # fmt: skip
def test_what_has_another_shape_is_not_guessed_at(change):
    """A wrong type, a missing or a new field: ValueError, never a half-filled Result."""
    with pytest.raises(ValueError, match="not what was to be read"):
        revive(Result, {**json.loads(canonical(RESULT)), **change})


def test_the_order_of_coefficients_is_kept(tmp_path):
    """Tables show them in the order of the formula, not of the alphabet."""
    cache = Cache(tmp_path)
    cache.put("fit", "ab" * 32, Result("ols", "ok", coef={"z": Coef(1.0), "a": Coef(2.0)}))
    assert list(cache.get("fit", "ab" * 32, Result).coef) == ["z", "a"]


def test_an_entry_is_found_by_its_key(tmp_path):
    """What was put under one key is nowhere else."""
    cache = Cache(tmp_path)
    cache.put("fit", "ab" * 32, RESULT)
    assert cache.get("fit", "ab" * 32, Result) == RESULT
    assert cache.get("fit", "cd" * 32, Result) is None
    assert cache.get("facts", "ab" * 32, Result) is None
    assert cache.damaged == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("0.5", "0.6"),
        lambda text: text.replace("reportgen/cache/1", "reportgen/cache/0"),
        lambda text: text.replace("ab" * 32, "ef" * 32),
        lambda text: "[]",
        lambda text: "",
    ],
)
def test_a_damaged_entry_is_not_used(tmp_path, damage):
    """Cut off, changed, of another version, under another key: nothing is read from it."""
    cache = Cache(tmp_path)
    cache.put("fit", "ab" * 32, RESULT)
    (path,) = (each for each in tmp_path.rglob("*.json"))
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert cache.get("fit", "ab" * 32, Result) is None
    assert cache.damaged == [path]


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path):
    """The build goes on; nothing is raised."""
    (tmp_path / "entries").write_text("a file where the folder should be", encoding="utf-8")
    cache = Cache(tmp_path)
    cache.put("fit", "ab" * 32, RESULT)
    assert cache.get("fit", "ab" * 32, Result) is None


def test_it_stays_small(tmp_path):
    """What was used longest ago goes first; no half-written file stays behind."""
    import os

    cache = Cache(tmp_path)
    for number in range(4):
        cache.put("fit", f"{number}{number}" * 32, RESULT)
        os.utime(cache._path("fit", f"{number}{number}" * 32), (number, number))
    entries, size = cache.size()
    assert entries == 4
    cache.trim(most=size // 2)
    assert [cache.has("fit", f"{number}{number}" * 32) for number in range(4)] == [
        False, False, True, True,
    ]  # fmt: skip
    cache.clear()
    assert cache.size() == (0, 0)
