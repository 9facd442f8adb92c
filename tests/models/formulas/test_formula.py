"""The closed grammar of formulas: a table of texts and terms that doubles as its reference."""

from __future__ import annotations

import numpy as np
import pandas as pd
import patsy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from reportgen.core.errors import SpecError
from reportgen.models.formulas.design import matrix
from reportgen.models.formulas.formula import parse, parse_effects


@pytest.mark.parametrize(
    ("text", "terms", "intercept"),
    [
        ("y ~ 1", [], True),
        ("y ~ x", ["x"], True),
        ("y ~ 0 + x", ["x"], False),
        ("y ~ x - 1", ["x"], False),
        ("y ~ x + z + x", ["x", "z"], True),
        ("y ~ x * z", ["x", "z", "x:z"], True),
        ("y ~ x / z", ["x", "x:z"], True),
        ("y ~ (x + z + w) ** 2", ["x", "z", "w", "x:z", "x:w", "z:w"], True),
        ("y ~ x * z - x:z", ["x", "z"], True),
        ("y ~ C(g) + x", ["C(g)", "x"], True),
        ("y ~ C(g, Treatment(reference=2))", ["C(g, Treatment(reference=2))"], True),
        ("y ~ np.log(x) + I(x**2)", ["np.log(x)", "I(x ** 2)"], True),
        ("y ~ Q('body mass') + Q(\"1x\")", ["Q('body mass')", 'Q("1x")'], True),
        ("np.log(y) ~ größe", ["größe"], True),
    ],
)
def test_terms(text, terms, intercept):
    """The terms, by patsy's names, in patsy's meaning."""
    formula = parse(text)
    assert [term.name for term in formula.terms] == terms
    assert formula.intercept is intercept


@pytest.mark.parametrize(
    "text",
    [
        "y ~ I(__import__('os').system('touch /tmp/x'))", "y ~ np.lib.os.system('x')",
        "y ~ x.to_csv('x')", "y ~ open('x')", "y ~ f'{x}'", "y ~ C(g, levels=open('x'))",
        "y ~ Q(open('x'))", "y ~ {x}", "y ~ [x]", "y ~ x[0]", "y ~ lambda: 1", "y ~ exec('x')",
        "__import__('os') ~ x", "y ~ getattr(x, 'y')", "y ~ (x for x in y)", "y ~ x if y else z",
        "y ~ x; import os", "y ~ x := 1", "y ~ `x`", "y ~ np.fromfile('x')", "y ~ 9**9**9",
    ],
)  # fmt: skip
def test_nothing_of_python_passes(text):
    """Calls, attributes, subscripts, keywords and strings that are not on the list."""
    with pytest.raises(SpecError):
        parse(text)


@pytest.mark.parametrize("text", ["1 + __import__('os')", "0 + x.y", "open('x')"])
def test_nothing_of_python_passes_in_random_effects(text):
    """The right-hand side of `re_formula` and `vc_formula` is the same grammar."""
    with pytest.raises(SpecError):
        parse_effects(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("y x", "~"), ("~ x", "outcome"), ("y ~", "nothing"), ("y ~ x - z", "z"),
        ("y ~ y + x", "outcome"), ("y ~ x +", "end"), ("y ~ 1x", "1x"), ("y ~ 0", "term"),
    ],
)  # fmt: skip
def test_mistakes_are_told(text, word):
    """One message in the words of the formula."""
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert word in caught.value.problems[0].message


RIGHT = some.lists(
    some.sampled_from(["x", "z", "C(g)", "x:z", "x*C(g)", "I(x**2)", "np.exp(x)", "C(h):x"]),
    min_size=1, max_size=4,
).map(" + ".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(RIGHT, some.booleans())
def test_the_design_is_patsys(right, intercept):
    """Names and columns are those of patsy's own reading of the formula, column by column."""
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({
        "y": rng.normal(size=24), "x": rng.normal(size=24), "z": rng.normal(size=24),
        "g": list("abcd") * 6, "h": ["p", "q", "q"] * 8,
    })  # fmt: skip
    text = f"y ~ {'' if intercept else '0 + '}{right}"
    made, names, _ = matrix(parse(text), rows)
    theirs = patsy.dmatrix(text.partition("~")[2], rows)
    columns = dict(zip(theirs.design_info.column_names, np.asarray(theirs).T, strict=True))
    assert set(names) == set(columns)
    for name, column in zip(names, made.T, strict=True):
        np.testing.assert_allclose(column, columns[name], atol=1e-12)


def test_a_term_knows_a_column_of_zeros_and_ones():
    """Both and nothing else, however late the third value comes; a function of one is none."""
    rows = pd.DataFrame({
        "y": range(40), "b": [0, 1] * 20, "f": [1.0, 0.0] * 20, "late": [0, 1] * 19 + [0, 2],
        "one": [1] * 40, "half": [0, 0.5] * 20,
    })  # fmt: skip
    _, _, terms = matrix(parse("y ~ b + f + late + one + half + np.exp(b) + b:f"), rows)
    assert [term.name for term in terms if term.binary] == ["b", "f"]


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet="yxz~+-*/:()CIQ'\"0129.,=_[]{}@ \\\nnp.log", max_size=40))
def test_no_text_crashes_it(text):
    """A text is a formula over columns, or a SpecError."""
    try:
        formula = parse(text)
    except SpecError:
        return
    assert formula.columns
