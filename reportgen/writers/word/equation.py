"""Mathematics as Word's own equations (OMML), from the same tree that every format is checked by.

They can be edited in Word, and screen readers read them. ECMA-376 Part 1, 22.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from reportgen.writers.texts.mathematics import (
    ACCENTS,
    GREEK,
    NAMES,
    Command,
    Fence,
    Node,
    Phrase,
    Row,
    Script,
    Sign,
    tree,
)
from reportgen.writers.texts.spelled import spelled
from reportgen.writers.texts.visible import visible
from reportgen.writers.word.xml import Element, w

FACE = "Cambria Math"
FACES = {
    "mathrm": ("nor", ""), "mathbf": ("", "b"), "mathit": ("", "i"), "operatorname": ("nor", ""),
    "mathcal": ("script", "p"), "mathbb": ("double-struck", "p"),
}  # fmt: skip
"""Alphabet and style of what stands in the braces of a command; "nor" is upright text."""
MARKS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0305", "tilde": "\u0303", "widetilde": "\u0303",
    "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308",
}  # fmt: skip
SPACES = {
    "\\,": "\u2009", "\\:": "\u2005", "\\;": "\u2004", "\\!": "", "\\ ": "\u00a0",
    "\\quad": "\u2003", "\\qquad": "\u2003\u2003",
}  # fmt: skip
CHARACTERS = {"-": "\u2212", "*": "\u2217", "'": "\u2032", "|": "\u2223", "\\mid": "\u2223"}
LARGE = {"\\sum": "∑", "\\prod": "∏", "\\int": "∫"}
BELOW = frozenset({"\\lim", "\\max", "\\min", "\\sup", "\\inf"})
"""What stands below these is set below them."""
RELATIONS = frozenset(
    [
        r"=",
        r"<",
        r">",
        r",",
        r";",
        r"+",
        r"-",
        r"\leq",
        r"\geq",
        r"\le",
        r"\ge",
        r"\neq",
        r"\ne",
        r"\approx",
        r"\sim",
        r"\simeq",
        r"\equiv",
        r"\propto",
        r"\to",
        r"\rightarrow",
        r"\Rightarrow",
        r"\cong",
        r"\quad",
    ]
)
"""Where the summand of a sum ends at the latest."""
NOTHING = "\u200b"
"""In an empty place Word would draw a box that asks for something."""

_Look = tuple[str, str]
_Item = Element | tuple[str, _Look]


def equation(source: str, *, display: bool = False) -> Element:
    """`<m:oMath>` of mathematics that the grammar admits; `display`: on a line of its own."""
    made = _m("oMath", *_Setter(display).row(tree(source)))
    return _m("oMathPara", made) if display else made


class _Setter:
    """Sets trees; `display`: limits stand below and above a sum, not beside it."""

    def __init__(self, display: bool) -> None:
        self.display = display

    def row(self, node: Node, look: _Look = ("", "")) -> list[Element]:
        """A node as the elements of an argument, which is never empty."""
        items = node.items if isinstance(node, Row) else (node,)
        found = list(_joined(self._items(items, look)))
        return found or [_run(NOTHING, ("", ""))]

    def _items(self, items: Sequence[Node], look: _Look) -> Iterator[_Item]:
        place = 0
        while place < len(items):
            node, rest = items[place], items[place + 1 :]
            place += 1
            if _base(node) in LARGE:
                end = next((at for at, each in enumerate(rest) if at and _ends(each)), len(rest))
                yield self._large(node, Row(tuple(rest[:end])), look)
                place += end
            elif _named(node) and rest and not _closed(rest[0]):
                yield _m("func", _m("fName", *self._name(node)), _m("e", *self.row(rest[0], look)))
                place += 1
            elif _named(node):
                yield from self._name(node)
            else:
                yield from self._one(node, look)

    def _one(self, node: Node, look: _Look) -> Iterator[_Item]:
        match node:
            case Sign(text):
                yield SPACES.get(text, CHARACTERS.get(text, spelled(text))), _look(text, look)
            case Row(items):
                yield from self._items(items, look)
            case Phrase(text):
                yield text, ("nor", "")
            case Script():
                yield self._script(node, self._e(node.base, look), look)
            case Fence(opening, inside, closing):
                yield _m(
                    "d",
                    _m("dPr", _m("begChr", val=_bracket(opening)),
                       _m("endChr", val=_bracket(closing))),
                    _m("e", *self.row(inside, look)),
                )  # fmt: skip
            case Command():
                yield from self._command(node, look)

    def _command(self, node: Command, look: _Look) -> Iterator[_Item]:
        name, (first, *others) = node.name, node.arguments
        if name in FACES:
            yield from self._items((first,), FACES[name])
        elif name == "text":
            yield from self._one(first, look)
        elif name in ACCENTS.split():
            yield _m("acc", _m("accPr", _m("chr", val=MARKS[name])), self._e(first, look))
        elif name == "overline":
            yield _m("bar", _m("barPr", _m("pos", val="top")), self._e(first, look))
        elif name == "sqrt":
            degree = self.row(node.degree) if node.degree and node.degree.items else []
            hidden = None if degree else _m("radPr", _m("degHide", val="1"))
            yield _m("rad", hidden, _m("deg", *degree), self._e(first, look))
        else:
            bar = _m("fPr", _m("type", val="noBar")) if name == "binom" else None
            over = _m("f", bar, _m("num", *self.row(first, look)),
                      _m("den", *self.row(others[0], look)))  # fmt: skip
            yield _m("d", _m("e", over)) if name == "binom" else over

    def _script(self, node: Script, base: Element, look: _Look) -> Element:
        below = None if node.below is None else _m("sub", *self.row(node.below, look))
        above = None if node.above is None else _m("sup", *self.row(node.above, look))
        kind = "sSub" if above is None else "sSup" if below is None else "sSubSup"
        return _m(kind, base, below, above)

    def _large(self, node: Node, summand: Row, look: _Look) -> Element:
        """A sum, a product or an integral with its limits."""
        below, above = (node.below, node.above) if isinstance(node, Script) else (None, None)
        beside = not self.display or _base(node) == "\\int"
        return _m(
            "nary",
            _m(
                "naryPr",
                _m("chr", val=LARGE[_base(node)]),
                _m("limLoc", val="subSup" if beside else "undOvr"),
                _m("subHide", val="1") if below is None else None,
                _m("supHide", val="1") if above is None else None,
            ),
            _m("sub", *([] if below is None else self.row(below, look))),
            _m("sup", *([] if above is None else self.row(above, look))),
            _m("e", *self.row(summand, look)),
        )

    def _name(self, node: Node) -> list[Element]:
        """The name of a function, upright, with its scripts."""
        name = _run(spelled(_base(node)), ("nor", ""))
        if not isinstance(node, Script):
            return [name]
        if _base(node) in BELOW and node.below is not None and node.above is None:
            return [_m("limLow", _m("e", name), _m("lim", *self.row(node.below)))]
        return [self._script(node, _m("e", name), ("", ""))]

    def _e(self, node: Node, look: _Look) -> Element:
        return _m("e", *self.row(node, look))


def _base(node: Node) -> str:
    """The sign that a node is, without its scripts; "" where it is more than one."""
    bare = node.base if isinstance(node, Script) else node
    return bare.text if isinstance(bare, Sign) else ""


def _named(node: Node) -> bool:
    return _base(node)[1:] in NAMES.split() and _base(node).startswith("\\")


def _ends(node: Node) -> bool:
    return isinstance(node, Sign) and node.text in RELATIONS


def _closed(node: Node) -> bool:
    """Whether a function is applied to nothing: an operator or a bracket follows its name."""
    return isinstance(node, Sign) and (
        node.text in RELATIONS or node.text in SPACES or node.text in "([{|+-*/.)]"
    )


def _bracket(text: str) -> str:
    return "" if text == "." else "‖" if text == "\\|" else spelled(text)


def _look(text: str, look: _Look) -> _Look:
    """Letters are slanted unless a command says otherwise, all else is upright."""
    if look != ("", ""):
        return look
    letter = text.isalpha() or (text[1:] in GREEK.split() and text[1:].islower())
    return look if letter else ("", "p")


def _joined(items: Iterator[_Item]) -> Iterator[Element]:
    """The elements, characters of one look in one run."""
    for look, group in groupby(items, lambda item: item[1] if isinstance(item, tuple) else None):
        if look is None:
            yield from group
        elif text := "".join(each[0] for each in group):
            yield _run(text, look)


def _run(text: str, look: _Look) -> Element:
    alphabet, style = look
    kind = [_m("nor")] if alphabet == "nor" else [
        _m("scr", val=alphabet) if alphabet else None, _m("sty", val=style) if style else None,
    ]  # fmt: skip
    made = _m("t")
    made.text = text if text == NOTHING else visible(text)
    made.set(qn("xml:space"), "preserve")
    about = _m("rPr", *kind)
    face = w("rPr", w("rFonts", ascii=FACE, hAnsi=FACE))
    return _m("r", about if len(about) else None, face, made)


def _m(tag: str, *children: Element | None, **attributes: Any) -> Element:
    """`<m:tag>` with its children (those that are not None)."""
    made = OxmlElement(f"m:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"m:{name}"), str(value))
    made.extend([child for child in children if child is not None])
    return made
