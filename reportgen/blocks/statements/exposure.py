"""The first part of a sentence: what is compared with what. "1 year more of age", "For sex, Male
compared with Female".
"""

from __future__ import annotations

from math import isclose

from reportgen.blocks.factors import call, factors
from reportgen.blocks.labels import lowered
from reportgen.blocks.statements.asked import Manner, refuse
from reportgen.blocks.statements.found import Found
from reportgen.blocks.statements.phrases import label_and_unit
from reportgen.blocks.termtext import Texts
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Variable
from reportgen.core.words import Words

DEEPEST = 10
"""A recode of a recode of a recode …"""
POWERS = {"log2": "doubling", "log10": "tenfold"}


@dataclass(frozen=True)
class Exposure:
    """What is compared, in words, and what a coefficient is multiplied by to be about that."""

    text: str
    times: float = 1.0


def exposure(found: Found, manner: Manner) -> Exposure:
    """What the coefficient compares. SpecError for a coding that has no reference."""
    if found.term.kind == "categorical" or found.term.binary:
        return (_yes if found.term.binary else _level)(found, manner)
    if found.term.binary:
        return _yes(found, manner)
    text = factors(found.plain)[0].text
    applied = call(text)
    column = applied[1][0] if applied else text
    if factors(found.plain)[0].level is not None or len(found.term.coefs) > 1:
        refuse(f"`{found.name}` compares no level with one reference, so it has no reading")
    if applied and applied[0] in POWERS:
        label = label_and_unit(found.context.variable(found.model, column))[0]
        _no_amount(manner, found)
        return Exposure(found.context.words(f"sentence.{POWERS[applied[0]]}", label=label))
    if applied and applied[0] in ("standardize", "scale"):
        return _deviations(found.context.variable(found.model, column), manner, found)
    if applied and applied[0] != "center":
        texts = Texts(lambda name: found.context.variable(found.model, name), found.context.words)
        return _amount(lowered(texts.expression(text)), "", 1.0, manner, found.context.words)
    return _measured(column, found, manner)


def _level(found: Found, manner: Manner) -> Exposure:
    _no_amount(manner, found)
    variable = found.context.variable(found.model, found.term.variables[0])
    level = next(key for key, name in found.term.levels.items() if name == found.name)
    reference = found.term.reference
    if reference is None:
        refuse(f"`{found.name}` is compared with no reference level")
    return Exposure(
        found.context.words(
            "sentence.level", label=label_and_unit(variable)[0],
            level=variable.show(level), reference=variable.show(reference),
        )
    )  # fmt: skip


def _yes(found: Found, manner: Manner) -> Exposure:
    """1 compared with 0 of a column that holds nothing else, in the words that there are for them:
    its own, yes and no where a label says of what, else the numbers.
    """
    _no_amount(manner, found)
    words = found.context.words
    variable = found.context.variable(found.model, found.term.variables[0])
    own = variable.label != variable.name
    one, zero = (words("sentence.yes"), words("sentence.no")) if own else ("1", "0")
    return Exposure(
        words(
            "sentence.level", label=label_and_unit(variable)[0],
            level=variable.levels.get("1", one), reference=variable.levels.get("0", zero),
        )
    )  # fmt: skip


def _measured(column: str, found: Found, manner: Manner) -> Exposure:
    """A number, in the unit that it had before it was divided or centred."""
    variable, amount = found.context.variable(found.model, column), 1.0
    for _ in range(DEEPEST):
        measure = variable.measure
        if measure is None:
            break
        base = found.context.variable(found.model, measure.column)
        if variable.unit and not label_and_unit(base)[1]:
            break
        if measure.amount is None:
            return _deviations(base, manner, found)
        variable, amount = base, amount * measure.amount
    label, unit = label_and_unit(variable)
    return _amount(label, unit, amount, manner, found.context.words)


def _deviations(variable: Variable, manner: Manner, found: Found) -> Exposure:
    label, number = label_and_unit(variable)[0], manner.per or 1.0
    name = "deviation" if number == 1 else "deviations"
    words = found.context.words
    text = words(f"sentence.{name}", label=label, number=numbers.given(number))
    return Exposure(text, number)


def _amount(label: str, unit: str, amount: float, manner: Manner, words: Words) -> Exposure:
    number = manner.per or abs(amount)
    one = isclose(number, 1.0)
    if unit:
        pattern = "sentence.one" if one else "sentence.many"
        text = words(pattern, number=numbers.given(number), unit=unit)
        text = words.get(f"sentence_one.{unit}", text) if one else text
    else:
        pattern = "sentence.one_unit" if one else "sentence.many_units"
        text = words(pattern, number=numbers.given(number))
    return Exposure(words("sentence.amount", amount=text, label=label), number / amount)


def _no_amount(manner: Manner, found: Found) -> None:
    if manner.per is not None:
        refuse(f"`per` is for a number in its own unit, which `{found.name}` is not")
