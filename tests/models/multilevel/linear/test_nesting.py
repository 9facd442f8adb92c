"""Which nesting the data have is checked and said; crossed effects need no clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError, FitError
from reportgen.models.multilevel.mixedlm import Mixedlm


@pytest.fixture(scope="module")
def schools():
    """400 pupils in 8 schools of 5 classes; class ids repeat, `unit` does not."""
    rng = np.random.default_rng(21)
    school, room = np.divmod(np.repeat(np.arange(40), 10), 5)
    unit = school * 5 + room
    x = rng.normal(size=400)
    y = 0.3 * x + rng.normal(0, 1, 8)[school] + rng.normal(0, 0.7, 40)[unit] + rng.normal(size=400)
    item = np.tile(np.arange(10), 40)
    return pd.DataFrame(
        {"y": y, "x": x, "school": school, "room": room, "unit": unit, "item": item}
    )


def note(result, code):
    (found,) = [note for note in result.notes if note.code == code]
    return found.text


NESTED = {"formula": "y ~ x", "groups": "school", "re_formula": "1"}


def test_ids_that_repeat_are_taken_as_others_in_each_cluster(fitted, schools):
    """Five room numbers in eight schools are forty rooms, and the report says so."""
    result = fitted(schools, **NESTED, vc_formula={"room": "0 + C(room)"})
    text = note(result, "repeated-ids")
    assert "5 values of `room`" in text
    assert "40 within 8 clusters" in text
    assert result.method.details["levels.room"] == 40
    unique = fitted(schools, **NESTED, vc_formula={"room": "0 + C(unit)"})
    assert "each of its 40 values occurs within one of the 8" in note(unique, "nested")
    assert unique.stats["llf"] == pytest.approx(result.stats["llf"], abs=1e-9)


def test_the_same_ids_without_clusters_are_crossed(fitted, schools):
    """Room 1 is then one room in every school: another model, told as such."""
    vc = {"school": "0 + C(school)", "room": "0 + C(room)"}
    result = fitted(schools, formula="y ~ x", vc_formula=vc)
    assert "are crossed: all 40 combinations" in note(result, "crossed")
    assert (result.n_groups, result.method.groups) == (None, None)
    assert result.random_effects["3"].keys() == {"school", "room"}


def test_nested_factors_without_clusters_are_told(fitted, schools):
    """Unique ids give the nested model in either spelling."""
    vc = {"school": "0 + C(school)", "room": "0 + C(unit)"}
    crossed = fitted(schools, formula="y ~ x", vc_formula=vc, engine="fast")
    assert "`unit` is nested in `school`" in note(crossed, "nested")
    nested = fitted(schools, **NESTED, vc_formula={"room": "0 + C(room)"}, engine="fast")
    assert crossed.stats["llf"] == pytest.approx(nested.stats["llf"], abs=1e-8)
    for name in ("school", "room"):
        assert crossed.variance[name].var == pytest.approx(nested.variance[name].var, rel=1e-6)
        assert crossed.variance[name].se == pytest.approx(nested.variance[name].se, rel=1e-5)


def test_nested_and_crossed_at_once(fitted, schools):
    """Rooms in schools, and items that all rooms share; the likelihood is the dense one."""
    vc = {"school": "0 + C(school)", "room": "0 + C(unit)", "item": "0 + C(item)"}
    result = fitted(schools, formula="y ~ x", vc_formula=vc, engine="fast", reml=False)
    V = np.eye(len(schools)) * result.stats["scale"]
    for column, name in (("school", "school"), ("unit", "room"), ("item", "item")):
        Z = np.equal.outer(schools[column].to_numpy(), schools[column].unique())
        V += result.variance[name].var * (Z.astype(float) @ Z.T)
    X = np.column_stack([np.ones(400), schools["x"]])
    beta = np.array([coef.estimate for coef in result.coef.values()])
    r = schools["y"].to_numpy() - X @ beta
    llf = -0.5 * (400 * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + r @ np.linalg.solve(V, r))
    assert result.stats["llf"] == pytest.approx(llf, abs=1e-8)


def test_a_component_with_an_intercept_is_refused(fitted, schools):
    """`C(room)` without `0 +` would count rooms from the first one."""
    with pytest.raises(DataError) as caught:
        fitted(schools, **NESTED, vc_formula={"room": "C(room)"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.help[:22]) == ("coded-component", "write `0 + C(room)`: t")


def test_a_component_above_its_clusters_is_refused(fitted, schools):
    """Schools within rooms: each room has one school, so the two are one."""
    with pytest.raises(DataError) as caught:
        fitted(schools, formula="y ~ x", groups="unit", re_formula="1",
               vc_formula={"school": "0 + C(school)"})  # fmt: skip
    (problem,) = caught.value.problems
    assert problem.code == "constant-component"
    assert "write `groups: school`" in problem.help


def test_a_component_of_one_level_is_refused(fitted, schools):
    """It has nothing to vary between."""
    with pytest.raises(DataError) as caught:
        fitted(schools.assign(one=1), formula="y ~ x", vc_formula={"one": "0 + C(one)"})
    assert caught.value.problems[0].code == "one-level"


def test_between_and_within_need_nested_clusters(fitted, schools):
    """Items are crossed with rooms: no level is above the other."""
    with pytest.raises(FitError) as caught:
        fitted(schools, **NESTED, df="between_within",
               vc_formula={"room": "0 + C(room)", "item": "0 + C(item)"})  # fmt: skip
    assert caught.value.problems[0].code == "not-nested"


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, ()),
        ({"re_formula": "1", "vc_formula": {"a": "0 + C(a)"}}, ("re_formula",)),
        ({"df": "between_within", "vc_formula": {"a": "0 + C(a)"}}, ("df",)),
    ],
)
def test_what_needs_clusters_is_told_before_data_are_read(options, path):
    """`groups` may be left out for crossed components alone."""
    (problem,) = Mixedlm().check(Mixedlm.Options(formula="y ~ x", **options))
    assert (problem.code, problem.path) == ("no-groups", path)
    assert list(Mixedlm().check(Mixedlm.Options(formula="y ~ x", groups="g", **options))) == []


def test_many_nested_levels_need_no_wide_matrices(fitted):
    """3,000 classes in 300 schools of unequal size: blocks are swept by their own width."""
    rng = np.random.default_rng(2)
    sizes = rng.integers(2, 19, 300)
    unit = np.repeat(np.arange(sizes.sum()), 3)
    school = np.repeat(np.repeat(np.arange(300), sizes), 3)
    y = rng.normal(0, 1, 300)[school] + rng.normal(0, 0.5, sizes.sum())[unit]
    table = pd.DataFrame({"y": y + rng.normal(size=len(unit)), "school": school, "unit": unit})
    vc = {"school": "0 + C(school)", "unit": "0 + C(unit)"}
    result = fitted(table, formula="y ~ 1", vc_formula=vc)
    assert result.variance["school"].sd == pytest.approx(1, abs=0.15)
    assert result.variance["unit"].sd == pytest.approx(0.5, abs=0.1)
