"""Mathematics as a line of characters, for formats that draw none: `β̂₁ = 0.47`. Light."""

from __future__ import annotations

import re
import unicodedata

from reportgen.writers.texts.mathematics import ACCENTS, FACES, GREEK, NAMES

_SIGNS = {
    "pm": "±", "mp": "∓", "times": "×", "div": "÷", "cdot": "·", "cdots": "⋯", "ldots": "…",
    "dots": "…", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈",
    "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡", "propto": "∝", "infty": "∞", "in": "∈",
    "notin": "∉", "subset": "⊂", "cup": "∪", "cap": "∩", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "Rightarrow": "⇒", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏",
    "int": "∫", "mid": "|", "perp": "⊥", "forall": "∀", "exists": "∃", "quad": " ", "qquad": " ",
    "prime": "′", "circ": "∘", "bullet": "•", "ast": "∗", "star": "⋆", "dagger": "†", "ll": "≪",
    "gg": "≫", "ell": "ℓ", "langle": "⟨", "rangle": "⟩", "left": "", "right": "",
}  # fmt: skip
_MARKS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7",
    "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308",
}  # fmt: skip
_LOWERED = str.maketrans("0123456789+-−=()aeijknoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢⱼₖₙₒₚᵣₛₜᵤᵥₓ")
_RAISED = str.maketrans("0123456789+-−=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁱⁿ")
_VARIANTS = {"varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ"}

_INSIDE = re.compile(r"([(\[]) | ([)\]])")
_INNER = r"\{([^{}]*)\}"
_RULES = (
    (re.compile(rf"\\(?:d?frac){_INNER}{_INNER}"), lambda found: _over(found[1], found[2])),
    (re.compile(rf"\\binom{_INNER}{_INNER}"), lambda found: f"C({found[1]}, {found[2]})"),
    (re.compile(rf"\\sqrt(?:\[[^\]]*\])?{_INNER}"), lambda found: f"√({found[1]})"),
    (re.compile(rf"\\({'|'.join(ACCENTS.split())})(?:{_INNER}|\s*(.))"),
     lambda found: f"{found[2] or found[3]}{_MARKS[found[1]]}"),
    (re.compile(rf"\\(?:{'|'.join(FACES.split())}){_INNER}"), lambda found: found[1]),
    (re.compile(rf"_(?:{_INNER}|(\S))"), lambda found: _moved(found[1] or found[2], _LOWERED, "_")),
    (re.compile(rf"\^(?:{_INNER}|(\S))"), lambda found: _moved(found[1] or found[2], _RAISED, "^")),
    (re.compile(_INNER), lambda found: found[1]),
)  # fmt: skip
"""From the innermost brackets outwards, one after the other."""


def spelled(source: str) -> str:
    """LaTeX that the grammar of mathematics admits, as characters in one line."""
    text = re.sub(r"\\([{}])", lambda found: "\ue000" if found[1] == "{" else "\ue001", source)
    text = re.sub(r"\\([A-Za-z]+)", _named, text)
    text = re.sub(r"\\([,;: !|%$_])", lambda found: _escaped(found[1]), text)
    before = ""
    while before != text:
        before = text
        for pattern, written in _RULES:
            text = pattern.sub(written, text)
    text = text.replace("\ue000", "{").replace("\ue001", "}")
    text = _INSIDE.sub(r"\1\2", " ".join(text.split()))
    return unicodedata.normalize("NFC", text)


def _named(found: re.Match[str]) -> str:
    name = found[1]
    if name in _VARIANTS:
        return _VARIANTS[name]
    if name in GREEK.split():
        size = "SMALL" if name.islower() else "CAPITAL"
        name = "LAMDA" if name.lower() == "lambda" else name.upper()
        return unicodedata.lookup(f"GREEK {size} LETTER {name}")
    if name in NAMES.split():
        return f"{name} "
    return _SIGNS.get(name, found[0])


def _escaped(sign: str) -> str:
    return "" if sign == "!" else " " if sign in ",;: " else sign


def _over(above: str, below: str) -> str:
    return "/".join(part if len(part) == 1 else f"({part})" for part in (above, below))


def _moved(text: str, table: dict[int, int], sign: str) -> str:
    if all(ord(each) in table for each in text):
        return text.translate(table)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"
