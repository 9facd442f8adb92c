"""The fitted equation of a model, with names and numbers: one line for each linear predictor, then
one for each random part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.blocks.equations import apart, plain_name
from reportgen.blocks.factors import factors
from reportgen.blocks.labels import groups_text, lowered, outcome_text, variable_text
from reportgen.blocks.randomeffects import factor_of, heading
from reportgen.blocks.tables.components import is_slope, residual
from reportgen.blocks.terms import TermRow, by_equation, term_rows, without_headers
from reportgen.blocks.termtext import Texts
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Piece
from reportgen.core.errors import Problem, SpecError
from reportgen.core.types import Equation, Method, Model

Line = tuple[Piece, ...]
NO_BREAK = "\u00a0"
MEDIAN = 0.5
VARIANCE = 3
"""Significant digits of a variance."""


def equation_lines(model: Model, context: Context) -> tuple[Line, ...]:
    """The lines of the equation. SpecError for a model that has none: ordered levels, or
    estimates that describe a population.
    """
    method = model.result.method or Method("", "")
    if method.descriptive or method.family == "ordered":
        raise SpecError(Problem(
            "no-equation", f"model `{model.id}` has no equation that can be shown", ("equation",),
            help="leave `equation` out",
        ))  # fmt: skip
    randoms = tuple(_randoms(model, context))
    rows = [row for row in term_rows((model,), context) if not apart(row.equation)]
    lines = [_line(model, equation, own, randoms, context) for equation, own in by_equation(rows)]
    return (*lines, *_distributions(model, randoms, context))


# ── the linear predictor ─────────────────────────────────────────────────────────────────────


def _line(
    model: Model,
    equation: Equation | None,
    rows: Sequence[TermRow],
    randoms: Sequence[_Random],
    context: Context,
) -> Line:
    shown = without_headers(rows)
    first = [row for row in shown if row.kind == "intercept"]
    others = [row for row in shown if row.kind != "intercept"]
    pieces = [Piece(f"{_left(model, equation, context)}{NO_BREAK}=")]
    if (model.result.method or Method("", "")).family == "cox":
        pieces.append(Piece(r"\log h_0(t)", maths=True))
    for row in (*first, *others):
        pieces.append(Piece(_term(row, model, context, begins=len(pieces) == 1)))
    for random in randoms:
        pieces.append(Piece("+"))
        pieces.append(Piece(random.symbol, maths=True))
        if random.label:
            pieces.append(Piece(f"×{NO_BREAK}{random.label}"))
    if _linear(model) and randoms:
        pieces += [Piece("+"), Piece(r"\varepsilon", maths=True)]
    return tuple(pieces)


def _left(model: Model, equation: Equation | None, context: Context) -> str:
    """What the linear predictor predicts."""
    words, method = context.words, model.result.method or Method("", "")
    label = lowered(outcome_text(context, model))
    if equation is not None and equation.level is not None:
        variable = context.variable(model, model.result.outcome or "")
        return words(
            "model_equation.odds", level=variable.show(equation.level),
            reference=variable.show(equation.reference or ""),
        )  # fmt: skip
    if equation is not None and equation.kind == "inflate":
        return words("model_equation.inflate", outcome=label)
    if method.family == "cox":
        return words("model_equation.hazard")
    q = method.details.get("q")
    if isinstance(q, float):
        name = "median" if q == MEDIAN else "quantile"
        return words(f"model_equation.{name}", outcome=label, percent=numbers.level(q))
    if method.link == "identity":
        return label if model.result.variance else words("model_equation.mean", outcome=label)
    what = "probability" if method.family == "binomial" else "mean"
    inner = words(f"model_equation.{what}", outcome=label)
    return words("model_equation.link", link=method.link, inner=inner)


def _term(row: TermRow, model: Model, context: Context, begins: bool) -> str:
    """A coefficient with its sign, times what it belongs to: "+ 0.474 × age (years)"."""
    coef = model.result.coef[row.coefs[model.id]]
    errors, values = [coef.se], (coef.estimate, coef.low, coef.high)
    estimate, decimals = coef.estimate, numbers.row_decimals(errors, values)
    negative = estimate is not None and estimate < 0
    number = numbers.fixed(None if estimate is None else abs(estimate), decimals)
    sign = numbers.MINUS if negative else "" if begins else "+"
    signed = f"{sign}{'' if begins else NO_BREAK}{number}"
    if row.kind == "intercept":
        return signed
    names = f"{NO_BREAK}×{NO_BREAK}".join(_names(row, model, context))
    return f"{signed}{NO_BREAK}×{NO_BREAK}{names}"


def _names(row: TermRow, model: Model, context: Context) -> Iterator[str]:
    """What a coefficient multiplies: numbers by their labels; levels, 1 or 0, in brackets."""
    texts = Texts(lambda column: context.variable(model, column), context.words)
    for factor in factors(plain_name(row.equation, row.coefs[model.id])):
        text = texts.factor(factor)
        yield lowered(text) if factor.level is None else f"[{text}]"


# ── the random part ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Random:
    """A random effect: the component whose variance it has, its symbol, what it multiplies, and
    what each of its values belongs to.
    """

    component: str
    symbol: str
    label: str
    of: str


def _randoms(model: Model, context: Context) -> Iterator[_Random]:
    names = [name for name in model.result.variance if name != "residual"]
    slopes = [name for name in names if is_slope(name, model, context)]
    groups = lowered(groups_text(context, model))
    others = 0
    for name in names:
        if name in slopes:
            label = lowered(variable_text(context.variable(model, name)))
            yield _Random(name, f"u_{{{slopes.index(name) + 1}j}}", label, groups)
        elif factor_of(name, model) is not None:
            others += 1
            yield _Random(name, f"v_{others}", "", lowered(heading(name, model, context)))
        else:
            yield _Random(name, "u_{0j}" if slopes else "u_j", "", groups)


def _distributions(model: Model, randoms: Sequence[_Random], context: Context) -> Iterator[Line]:
    result, words = model.result, context.words
    for random in randoms:
        variance = _variance(result.variance[random.component].var)
        each = words("model_equation.each", cluster=random.of) if random.of else ""
        yield _normal(random.symbol, variance, each)
    symbols = {random.component: random.symbol for random in randoms}
    for pair, value in result.correlation.items():
        first, _, second = pair.partition(",")
        if value is not None and first in symbols and second in symbols:
            text = rf"\mathrm{{corr}}({symbols[first]},\ {symbols[second]}) = "
            yield (Piece(text + numbers.fixed(value, 2), maths=True),)
    rest = residual(model)
    if rest is not None and randoms:
        yield _normal(r"\varepsilon", _variance(rest.var), "")


def _normal(symbol: str, variance: str, each: str) -> Line:
    between = ";" if numbers.current().point == "," else ","
    drawn = Piece(rf"{symbol} \sim N(0{between}\ {variance})", maths=True)
    return (drawn, Piece(each)) if each else (drawn,)


def _variance(value: float) -> str:
    """A variance without a sign between thousands, which would look like another parameter."""
    return numbers.significant(value, VARIANCE).replace(numbers.current().thousands, "")


def _linear(model: Model) -> bool:
    return residual(model) is not None
