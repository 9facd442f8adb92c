"""What values of prose are worth, and what is wrong with those that are worth nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reportgen.core.errors import SpecError
from reportgen.core.words import load
from reportgen.writers.texts import plainvalues
from reportgen.writers.texts.prose import judge, render

WORDS = load("en")
COEF = {"estimate": 0.5, "se": 0.1, "low": 0.3, "high": 0.7, "p": 0.01}
VALUES = {
    "models": {
        "m": {"status": "ok", "n": 40, "icc": 0.25, "coef": {"x": COEF}, "none": None},
        "list": {"1": {"status": "ok", "n": 3}, "b": {"status": "ok", "n": 7}},
        "broken": {"status": "failed"},
    },
    "data": {},
    "params": {"a": 2, "name": "a*b", "on": True},
}
MISSING = "not available, because the model failed"


def said(text: str) -> str:
    return render(text, VALUES, {"t": "Table 1"}, WORDS, lambda *_: None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("1 - 2 - 3", "\u22124"), ("8 / 2 / 2", "2.000"),
        ("-models.m.n | abs", "40"), ("2 * -3 | abs", "6"), ("- -3", "3"), ("+3", "3"),
        ("1 < 2 < 3", "True"), ("3 > 2 > 2", "False"), ("1 == 1.0", "True"), ("1 != 1", "False"),
        ("not 1 == 2 and 0 == 1 or 3", "3"), ("params.on or 1", "True"), ("0 and 1", "0"),
        ("models.list[1].n", "3"), ("models.list['b'].n", "7"), ("models.list | min('n')", "3"),
        ("models.m.coef['x'].estimate | num(1)", "0.5"), ("params.name", r"a\*b"),
        ("models.broken.icc", MISSING), ("models.broken.icc + 1 | num", MISSING),
        ("larger(models.m.n, 2)", "larger"), ("'t'", "t"), ("1 if params.on else 2", "1"),
        ("1 if 2 > 3", ""), ("'m' in models", "True"), ("'m' not in models", "False"),
        ("models.m.icc | num(3) if 1", "0.250"), ("models['l' 'ist'].b.n", "7"),
    ],
)  # fmt: skip
def test_what_a_value_is_worth(value: str, text: str) -> None:
    """By the precedence of arithmetic, a filter after the sign before what it filters; a number
    that no filter shapes has four significant digits.
    """
    assert said(f"It is {{{{ {value} }}}}.\n") == f"It is {text}."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("models.none.n", "a value is missing: there is no `none`"),
        ("models.m.n.x", "a value is missing: there is no `x`"),
        ("'a' + 1", "this cannot be computed: `+` joins numbers only"),
        ("params.on * 2", "this cannot be computed: `*` joins numbers only"),
        ("1 / 0", "this cannot be computed: division by zero"),
        ("models.m.none", "this value is not defined for the model"),
        ("models.m.coef", "this names several values; name one of them"),
        ("params.name | num", "a number is needed here"),
        ("'a' < 1", "this cannot be computed: "),
        ("models.m.n | num(*params)", "what is handed to it one by one"),
    ],
)
def test_what_is_worth_nothing_is_told(value: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        said(f"{{{{ {value} }}}}")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("that", "holds", "shown"),
    [
        ("models.m.n > 1.5 * (models.list.b.n + 2)", True, "40 > 1.5 × (7 + 2)"),
        ("models.m.icc == 0.25 and not 1 >= 2", True, "0.250 = 0.25 and not 1 ≥ 2"),
        ("models.m.icc if params.on else 1", False, "0.250"),
        ("models.m.icc > -2.5", True, "0.250 > \u22122.5"),
        ("models.broken.icc > 1", False, f"{MISSING} > 1"),
    ],
)
def test_a_claim_is_judged_and_written_in_numbers(that: str, holds: bool, shown: str) -> None:
    """Computed numbers have three significant digits, written ones those that were written."""
    assert judge(that, VALUES, WORDS) == (holds, shown)


def test_only_the_line_feed_at_the_end_is_left_out() -> None:
    """Whether Jinja reads the text or not."""
    text = "a\n\n{{ 1 }}\nb\n\n"
    assert said(text) == said("{# #}" + text) == "a\n\n1\nb\n"
    assert [each for each in plainvalues.pieces(text) if isinstance(each, str)] == [
        "a\n\n", "\nb\n",
    ]  # fmt: skip


def test_ordinary_prose_and_its_page_load_neither_jinja_nor_markdown() -> None:
    """Values put in, a claim judged, text made HTML."""
    code = (
        "import sys\n"
        "from reportgen.core.words import load\n"
        "from reportgen.writers.texts.markdown import to_html\n"
        "from reportgen.writers.texts.prose import judge, render\n"
        "values = {'models': {'m': {'status': 'ok', 'n': 4}}, 'data': {}, 'params': {}}\n"
        "text = render('Of {{ models.m.n | count }} all.', values, {}, load('en'))\n"
        "print(to_html(text), judge('models.m.n > 3', values, load('en')))\n"
        "print([name for name in ('jinja2', 'markdown_it', 'markupsafe') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["<p>Of 4 all.</p>", " (True, '4 > 3')", "[]"]
