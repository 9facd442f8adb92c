"""Text that TeX prints as it is: no character of it is a command, a comment or a ligature."""

from __future__ import annotations

import re

from reportgen.core.numbers import MINUS
from reportgen.writers.tables.metrics import FIGURE, POINT
from reportgen.writers.texts.mathematics import COMMANDS
from reportgen.writers.texts.visible import visible

_ASCII = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "[": "{[}", "]": "{]}", "*": "{*}", "-": "{-}", ",": "{,}",
}  # fmt: skip
"""The last are braced because two of them, or one after the end of a row, mean something else."""

_GREEK = {
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta",
    "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_SIGNS = {
    MINUS: "-", "×": r"\times", "±": r"\pm", "·": r"\cdot", "≤": r"\le", "≥": r"\ge", "≠": r"\ne",
    "≈": r"\approx", "∞": r"\infty", "√": r"\surd", "→": r"\rightarrow", "∼": r"\sim", "∈": r"\in",
    "′": "'", "÷": r"\div", "∑": r"\sum", "∏": r"\prod",
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵃᵇᶜᵈᵉ", "0123456789\0+abcde", strict=True))
_BLANKS = {FIGURE: r"\hphantom{0}", POINT: r"\hphantom{.}", "\u00a0": "~", "\u202f": r"\,"}
_PUNCTUATION = "–—‘’‚“”„†‡•…‹›€™"
_NOT_IN_T1 = "ĦħŦŧĸĿŀŉſ"

_TABLE: dict[str, str] = (
    _ASCII
    | {sign: rf"\ensuremath{{\{name}}}" for sign, name in _GREEK.items()}
    | {sign: rf"\ensuremath{{{name}}}" for sign, name in _SIGNS.items()}
    | {sign: rf"\textsuperscript{{{text}}}" for sign, text in _RAISED.items() if text != "\0"}
    | {"⁻": r"\textsuperscript{\ensuremath{-}}"}
    | _BLANKS
    | {"\n": " ", "\t": " "}
)


def tex(text: str) -> str:
    """The text as LaTeX; control characters are shown as escapes, blanks are single."""
    return "".join(_TABLE.get(character, character) for character in visible(text))


def foreign(text: str) -> set[str]:
    """The characters of a finished document that pdfTeX has no sign for."""
    return {
        each
        for each in text
        if (ord(each) > 0x17F and each not in _PUNCTUATION) or each in _NOT_IN_T1
    }


def address(link: str) -> str:
    r"""A web address within `\href`."""
    coded = "".join(f"%{ord(each):02X}" if each in '\\{}^~"<>| \n`' else each for each in link)
    return re.sub(r"([%#&_$])", r"\\\1", visible(coded))


_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_WORDS = """
epsilon phi vartheta frac dfrac tfrac sqrt sum prod int hat bar tilde vec dot overline underline
mathrm mathbf mathit mathsf mathcal mathbb operatorname text boldsymbol left right big Big cdot
cdots ldots dots vdots times div pm mp le leq ge geq ne neq approx sim simeq equiv propto infty
partial nabla in notin subset cup cap to rightarrow leftarrow Rightarrow mid log ln exp min max lim
Pr quad qquad prime ell forall exists lvert rvert lVert rVert langle rangle lfloor rfloor lceil
rceil binom
"""
_HARMLESS = frozenset(_GREEK.values()) | frozenset(_WORDS.split()) | frozenset(COMMANDS)
_SIGNS_OF_MATH = frozenset(",;:! {}|%&_#$")


def formula(text: str) -> str:
    r"""The inside of a formula, where it holds nothing but mathematics; else "".

    Its commands are from a closed list: a report is read by TeX, which can open files.
    """
    commands = _COMMAND.findall(text)
    known = all(each in _HARMLESS or each in _SIGNS_OF_MATH for each in commands)
    bare = _COMMAND.sub("", text)
    plain = not re.search(r"\^\^|[$%#\\~]", bare) and text.isprintable()
    depth, least = 0, 0
    for each in bare:
        depth += (each == "{") - (each == "}")
        least = min(least, depth)
    return text.replace(MINUS, "-") if known and plain and depth == least == 0 else ""
