r"""Mathematics between dollars: what is found, what is refused and where, and what is drawn."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.core.errors import DocumentError, SpecError
from reportgen.writers.texts import dollars
from reportgen.writers.texts import mathematics as maths
from reportgen.writers.texts.formula import formula
from reportgen.writers.texts.markdown import inline, to_html

FOUND = {
    r"$x$ and $\beta_1$": ["x", r"\beta_1"],
    "half: $$\\frac{1}{2}$$ of it": [r"\frac{1}{2}"],
    "over\na $line\n+ end$": ["line\n+ end"],
    "$2x$, $2 \\sigma$": ["2x", r"2 \sigma"],
    "$\\beta = {{ models.m.coef.a.estimate | num }}$": [
        "\\beta = " + "0" * len("{{ models.m.coef.a.estimate | num }}")
    ],
    "`$code$` but $m$": ["m"],
    "```\n$a$\n```\n\n$b$": ["b"],
}
MONEY = (
    "It costs $5.", "from $5 to $6", "$10 < $20", "US$5 and US$ 6", "$5, or US$ later", "$5$", "$$",
    "$wave and $x", "HOME $HOME and US$ prices", r"\$x\$", "paid $3 (or 4$)", "$ x$", "$x $",
    "$a\n\nb$", "${{ models.m.n }}$", "$x$5",
)  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_what_stands_between_dollars_is_found(text: str) -> None:
    """Inline and on lines of their own; never in code; values count as numbers."""
    assert [each.source for each in dollars.mathematics(text)] == FOUND[text]
    for each in dollars.mathematics(text):
        assert text[each.start :].startswith(each.source[:5])


@pytest.mark.parametrize("text", MONEY)
def test_money_stays_money(text: str) -> None:
    """A dollar is a dollar where mathematics cannot be meant: the text is shown as written."""
    assert list(dollars.mathematics(text)) == []
    if "{{" not in text:
        html = to_html(text)
        assert "<svg" not in html
        assert html.count("$") == text.count("$")


WRONG = {
    r"\fra{a}{b}": (0, 4, "not among the commands", r"did you mean `\frac`?"),
    r"a + \frac{a}": (4, 5, r"nothing follows `\frac`", ""),
    r"\frac ab": (0, 5, "stands in `{}`", ""),
    "x^": (1, 1, "nothing follows `^`", ""),
    "x^2^3": (3, 1, "a second `^`", ""),
    "{a": (0, 1, "`{` is not closed", ""),
    "a}": (1, 1, "`}` closes nothing", ""),
    r"\left( a": (5, 1, "`(` is not closed", ""),
    r"a \right)": (2, 6, r"`\right` closes nothing", ""),
    "50%": (2, 1, r"`%` is written `\%`", ""),
    "a & b": (2, 1, "has no place", ""),
    r"\text{a $ b}": (8, 1, "no place among words", ""),
    "{" * 40 + "}" * 40: (30, 1, "nested more than 30 deep", ""),
    "x" * 2001: (0, 1, "at most 2,000 signs", ""),
    r"\input{/etc/passwd}": (0, 6, "not among the commands", r"did you mean `\int`?"),
}


@pytest.mark.parametrize("source", WRONG)
def test_a_mistake_is_told_at_its_place(source: str) -> None:
    """Offset and length of the sign at fault, counted from where the source begins."""
    offset, length, message, hint = WRONG[source]
    with pytest.raises(SpecError) as caught:
        maths.check(source, 10)
    (problem,) = caught.value.problems
    assert (problem.code, problem.offset, problem.length) == ("maths", offset + 10, length)
    assert message in problem.message
    assert problem.hint == hint
    assert not maths.right(source)


def test_every_command_is_set() -> None:
    """What the grammar admits is drawn: each sign, function, accent, bracket and space."""
    sources = [f"a \\{name} b" for name in sorted(maths.PLAIN)]
    sources += [f"\\{name}" + "{a}" * count for name, count in maths.ARGUMENTS.items()]
    sources += [f"a\\{sign}b" for sign in (*maths.SPACES, *maths.CHARACTERS)]
    sources += [f"\\left{each} a \\right{each}" for each in maths.DELIMITERS]
    for source in sources:
        maths.check(source)
        assert formula(source).startswith("<svg")


SIGNS = [*"ax12.,+-=()[]|/<>^_{}'*:;!?@−×²é \"`#", *(f"\\{name}" for name in maths.COMMANDS)]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(SIGNS), max_size=6).map(" ".join))
def test_nothing_that_is_admitted_cannot_be_set(source: str) -> None:
    """Whatever passes the check is drawn, so no build fails at a formula."""
    if maths.right(f"a{source}b"):
        assert formula(f"a{source}b").startswith("<svg")


def test_a_drawing_has_its_source_as_text_and_stands_on_the_line() -> None:
    """A title for those who cannot see it; ems, so that it grows with the text; the ink of it."""
    svg = formula(r"\hat{\beta}_1 < 0.5")
    root = ElementTree.fromstring(svg)
    assert root.findtext("title") == r"\hat{\beta}_1 < 0.5"
    assert re.fullmatch(
        r"width:[\d.]+em;height:[\d.]+em;vertical-align:-[\d.]+em", root.get("style")
    )
    assert root.find("path").get("fill") == "currentColor"


def test_what_hangs_below_the_line_is_lowered_by_so_much() -> None:
    """A fraction has depth, a letter hardly any; on a line of its own it has its full height."""

    def measures(source: str, display: bool = False) -> tuple[float, float]:
        found = re.search(r"height:([\d.]+)em;vertical-align:-([\d.]+)em", formula(source, display))
        assert found is not None
        return float(found[1]), float(found[2])

    assert measures(r"\frac{a}{b}")[1] > 5 * measures("x")[1] > 0
    assert measures(r"\frac{a}{b}", True)[0] > 1.2 * measures(r"\frac{a}{b}")[0]
    assert 'class="maths display"' in formula("x", True)


def test_a_comma_within_a_number_is_no_pause() -> None:
    """5,102 is as wide as 5102 and a comma; a list keeps its spaces."""

    def width(source: str) -> float:
        return float(re.search(r"width:([\d.]+)em", formula(source))[1])

    assert width("5,102") < width("5, 102")


def test_the_same_source_gives_the_same_drawing() -> None:
    """Byte for byte, whatever was drawn before."""
    first = formula(r"\sum_i x_i^2")
    formula.cache_clear()
    formula("y")
    assert formula(r"\sum_i x_i^2") == first


def test_a_sign_without_a_glyph_is_refused() -> None:
    """No box stands for a letter that the face does not have."""
    with pytest.raises(DocumentError, match="cannot be set"):
        formula(r"\text{数}")


def test_markdown_leaves_mathematics_alone() -> None:
    """Stars and underscores between dollars are no emphasis; emphasis around them is."""
    html = inline("*so $a_i * b_i * c_i$*")
    assert html.startswith("<em>so <svg")
    assert html.count("<em>") == 1
    assert "<title>a_i * b_i * c_i</title>" in html


def test_what_cannot_be_read_is_shown_as_written() -> None:
    """The plan tells it; a writer that meets it all the same shows the source."""
    assert inline(r"$\frac{a}$") == r"$\frac{a}$"


def test_every_command_is_documented(root) -> None:
    """The language page lists what may be written, Greek letters by the first and last."""
    page = (root / "docs" / "language.md").read_text(encoding="utf-8")
    for name in {*maths.COMMANDS} - set(maths.GREEK.split()):
        assert f"`\\{name}`" in page, name
    for sign in maths.SPACES:
        assert f"`\\{sign}`" in page
