"""The equations of a model that has several: which are the same in two models, and their titles."""

from __future__ import annotations

from reportgen.blocks.labels import lowered
from reportgen.core.document import Context
from reportgen.core.types import Equation, Model, Term


def equation_of(model: Model, term: Term) -> Equation | None:
    """The equation a term belongs to; None for the only one of a model."""
    return model.result.equations.get(term.equation)


def identity(equation: Equation | None) -> str:
    """Equal for equations that stand on the same rows: the counts of two models, one level."""
    if equation is None or equation.kind == "count":
        return ""
    return equation.kind if equation.level is None else f"{equation.kind} {equation.level}"


def apart(equation: Equation | None) -> bool:
    """Whether its parameters are no effects, so that a plot of effects leaves them out."""
    return equation is not None and equation.kind in ("threshold", "dispersion")


def place(equation: Equation | None) -> int:
    """Effects on the outcome come first, then excess zeros, then what is no effect."""
    if equation is None or equation.kind == "count":
        return 0
    return 1 + ("outcome", "inflate", "threshold", "dispersion").index(equation.kind)


def plain_name(equation: Equation | None, coef: str) -> str:
    """The name of a coefficient as it would be in a model of one equation."""
    return coef if equation is None else coef.removeprefix(equation.prefix)


def scale_in(model: Model, term: Term) -> str | None:
    """What exp(coefficient) is for the coefficients of a term; None where it has no meaning."""
    equation = equation_of(model, term)
    if equation is not None:
        return equation.scale
    return model.result.method.scale if model.result.method else None


def ratios_of(model: Model) -> tuple[str, ...]:
    """What the exponentials of the model's coefficients are, each once."""
    equations = model.result.equations.values()
    found = [equation.scale for equation in equations]
    if model.result.method and not any(identity(each) == "" for each in equations):
        found.insert(0, model.result.method.scale)
    return tuple(dict.fromkeys(scale for scale in found if scale is not None))


def title(equation: Equation | None, model: Model, context: Context, ratios: bool = False) -> str:
    """What stands above the rows of an equation of `model`; "" for the only one of a model.

    `ratios`: whether to add what the ratios below are called, or that they are none.
    """
    if equation is None:
        return ""
    words = context.words
    text = words(f"equation.{equation.kind}")
    if equation.level is not None and equation.reference is not None:
        variable = context.variable(model, model.result.outcome or "")
        level, reference = variable.show(equation.level), variable.show(equation.reference)
        text = words("equation.against", level=level, reference=reference)
    if not ratios:
        return text
    if equation.scale is None:
        return words("equation.linear", title=text)
    scale = words.get(f"scale.{equation.scale}", words("scale.ratio"))
    return words("equation.ratio", title=text, ratio=lowered(scale))
