"""Prose with values: what is called, what is compared, and where mistakes are."""

from __future__ import annotations

import pytest

from reportgen.core.errors import Problem, SpecError
from reportgen.core.words import load
from reportgen.writers.texts.markdown import to_html
from reportgen.writers.texts.prose import Reference, references, render

WORDS = load("en")
COEFS = {"a": {"estimate": 2.0, "se": 0.0185}, "b": {"estimate": 1.4, "se": 0.0129}}
VALUES = {
    "models": {
        "m": {"status": "ok", "coef": COEFS, "n": 5102},
        "broken": {"status": "failed", "coef": {}},
    },
    "data": {},
    "params": {},
}


def said(text: str, say=lambda name, manner: f"{name} {dict(manner)}") -> str:
    """The text with its values."""
    return render(text, VALUES, {"t": "Table 1"}, WORDS, say)


def test_a_sentence_is_asked_for_with_its_manner() -> None:
    """The text and the named arguments reach whoever makes sentences."""
    text = '{{ sentence("m.a", per=10, p=true, adjusted=false, decimals=2) }}'
    (reference,) = references(text)
    manner = {"per": 10, "p": True, "adjusted": False, "decimals": 2}
    assert reference == Reference(("sentence", "m.a"), 13, 3, manner)
    assert said(text, lambda name, given: name if given == manner else "") == "m.a"


def test_a_sentence_may_hold_no_markup_of_its_own() -> None:
    """Labels come from data: what would be Markdown is shown as it is written."""
    assert said('{{ sentence("m.a") }}', lambda *_: "p <0.001 *bold*") == r"p \<0.001 \*bold\*"


def test_a_reference_is_a_link() -> None:
    """Its label leads to the table or figure; a name may have signs of its own."""
    text = render("see {{ ref('a b') }}", VALUES, {"a b": "Table 1"}, WORDS)
    assert text == "see [Table 1](#a%20b)"
    assert '<a href="#a%20b">Table 1</a>' in to_html(text)


def test_a_failed_model_has_no_sentence() -> None:
    """The text says why there is none."""
    text = said('{{ sentence("broken.a") }}', lambda *_: None)
    assert text == "not available, because the model failed"


def test_an_error_of_a_sentence_knows_its_place() -> None:
    """The offset is that of the name within the text."""

    def refuse(*_: object) -> None:
        raise SpecError(Problem("sentence", "no"))

    with pytest.raises(SpecError) as caught:
        said('Well, {{ sentence("m.a") }}', refuse)
    assert (caught.value.problems[0].offset, caught.value.problems[0].length) == (19, 3)


COMPARED = {
    "compare(models.m.coef.a.se, models.m.coef.b.se)": "1.4 times as large",
    "compare(1, 4)": "0.25 times as large",
    "larger(models.m.coef.a.se, models.m.coef.b.se)": "larger",
    "larger(1, 2)": "smaller",
    "larger(1.00001, 1)": "as large",
    "higher(2, 1)": "higher",
    "higher(1, 2)": "lower",
    "higher(2, 2)": "as high",
    "higher(models.m.n, 2 * models.m.n)": "lower",
    "compare(models.broken.icc, 2)": "not available, because the model failed",
    "higher(1, models.broken.icc)": "not available, because the model failed",
}


@pytest.mark.parametrize("call", COMPARED)
def test_numbers_are_compared(call: str) -> None:
    """Two significant digits of a ratio; equal is what prose would print alike."""
    assert said(f"{{{{ {call} }}}}") == COMPARED[call]


REFUSED = {
    "compare(1, 0)": "above 0",
    "compare(-1, 2)": "above 0",
    'larger("a", 2)': "a number is needed",
    "larger(true, 2)": "a number is needed",
    "larger(1)": "calls only",
    "larger(1, 2, 3)": "calls only",
    "larger(1, b=2)": "calls only",
    "range(3)": "calls only",
    "sentence(3)": "is written",
    'sentence("m.a", models)': "name=value",
    'sentence("m.a", per="a")': "name=value",
    'sentence("m.a", per=models)': "name=value",
    'ref("t", 3)': "name=value",
}


@pytest.mark.parametrize("call", REFUSED)
def test_what_cannot_be_called(call: str) -> None:
    """Nothing but the functions of the language, with what they take."""
    with pytest.raises(SpecError, match=REFUSED[call]):
        said(f"{{{{ {call} }}}}")


def test_everything_that_prose_offers_is_documented(root) -> None:
    """The language page names each filter and each function."""
    from reportgen.writers.texts.placeholders import CALLS, FILTERS

    page = (root / "docs" / "language.md").read_text(encoding="utf-8")
    for name in FILTERS:
        assert f"`{name}`" in page or f"`{name}(" in page, name
    for name in CALLS:
        assert f"`{name}(" in page, name
    assert {"est", "num", "p", "pct", "count", "ref"} <= {*FILTERS, *CALLS}
