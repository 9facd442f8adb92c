r"""Word's equations: every command of the grammar, and what stands where in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.writers.texts import mathematics as maths
from tests.writers.test_mathematics import SIGNS

pytest.importorskip("docx", reason="python-docx makes the elements")

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def shape(element: Any) -> str:
    """An equation in brackets: `f[num[a] den[b]]`, without what says how it looks."""
    if element.tag == f"{M}r":
        return str(element.findtext(f"{M}t")).replace(chr(0x200B), "·")
    inner = " ".join(shape(each) for each in element if not str(each.tag).endswith("Pr"))
    return f"{element.tag.removeprefix(M)}[{inner}]"


def set_(source: str, *, display: bool = False) -> str:
    from reportgen.writers.word.equation import equation

    return shape(equation(source, display=display))


SHAPES = {
    r"\frac{a}{b}": "oMath[f[num[a] den[b]]]",
    r"x_i^2": "oMath[sSubSup[e[x] sub[i] sup[2]]]",
    r"x^2_i": "oMath[sSubSup[e[x] sub[i] sup[2]]]",
    r"{x_i}^2": "oMath[sSup[e[sSub[e[x] sub[i]]] sup[2]]]",
    r"\hat{\beta}_1 = 0.47": "oMath[sSub[e[acc[e[β]]] sub[1]] =0.47]",
    r"\sqrt{x}": "oMath[rad[deg[] e[x]]]",
    r"\sqrt[3]{x}": "oMath[rad[deg[3] e[x]]]",
    r"\binom{n}{k}": "oMath[d[e[f[num[n] den[k]]]]]",
    r"\sum_{i=1}^n x_i + 1": (
        "oMath[nary[sub[i =1] sup[n] e[sSub[e[x] sub[i]]]] +1]"
    ),
    r"\log p = 1": "oMath[func[fName[log] e[p]] =1]",
    r"\log(p)": "oMath[log ( p )]",
    r"\lim_{n \to 0} a": "oMath[func[fName[limLow[e[lim] lim[n →0]]] e[a]]]",
    r"\left( a \right.": "oMath[d[e[a]]]",
    r"\text{age in years} - 1": "oMath[age in years −1]",
    r"\overline{ab}": "oMath[bar[e[ab]]]",
    "{}_i": "oMath[sSub[e[·] sub[i]]]",
}  # fmt: skip


@pytest.mark.parametrize("source", SHAPES)
def test_parts_stand_in_their_places(source: str) -> None:
    """What is above, below, inside, and what a function or a sum is about."""
    assert set_(source) == SHAPES[source]


def test_limits_of_a_sum_stand_below_it_on_a_line_of_its_own() -> None:
    """In a line of text they would part the lines."""
    from reportgen.writers.word.equation import equation

    def where(display: bool) -> str:
        made = equation(r"\sum_{i} x", display=display)
        return str(next(made.iter(f"{M}limLoc")).get(f"{M}val"))

    assert (where(True), where(False)) == ("undOvr", "subSup")
    assert set_("x", display=True) == "oMathPara[oMath[x]]"


def test_letters_slant_and_all_else_is_upright() -> None:
    """Small letters of both alphabets slant; digits, signs and capitals of the Greek do not."""
    from reportgen.writers.word.equation import equation

    def upright(source: str) -> bool:
        made = next(equation(source).iter(f"{M}r"))
        return made.find(f"{M}rPr") is not None

    slanted = {source: not upright(source) for source in ("a", r"\beta", "1", r"\Sigma", r"\to")}
    assert slanted == {"a": True, r"\beta": True, "1": False, r"\Sigma": False, r"\to": False}


def test_every_command_becomes_characters_without_a_backslash() -> None:
    """Each sign, function, accent, bracket and space of the grammar."""
    sources = [f"a \\{name} b" for name in sorted(maths.PLAIN)]
    sources += [f"\\{name}" + "{a}" * count for name, count in maths.ARGUMENTS.items()]
    sources += [f"a\\{sign}b" for sign in (*maths.SPACES, *maths.CHARACTERS)]
    sources += [f"\\left{each} a \\right{each}" for each in maths.DELIMITERS]
    for source in sources:
        assert "\\" not in set_(source), source
        assert "a" in set_(source)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(SIGNS), max_size=6).map(" ".join), st.booleans())
def test_whatever_is_admitted_is_set(source: str, display: bool) -> None:
    """No argument of an equation is empty, which Word would show as a box, but a root's degree."""
    from reportgen.writers.word.equation import equation

    if not maths.right(f"a{source}b"):
        return
    made = equation(f"a{source}b", display=display)
    for part in made.iter(*(f"{M}{name}" for name in ("e", "num", "den", "fName", "lim"))):
        assert len(part) > 0
