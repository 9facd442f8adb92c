"""One number of a model as a sentence: who is compared, estimate and interval, and what with.

It says "associated with", whatever the design was; that a difference is one only in the model is
for the author to say. A sentence has no full stop: it may be a part of a longer one.
"""

from __future__ import annotations

from reportgen.blocks.labels import lowered
from reportgen.blocks.statements.asked import Asked, Manner, asked
from reportgen.blocks.statements.estimate import Numbers, interval, numbers_of
from reportgen.blocks.statements.exposure import Exposure, exposure
from reportgen.blocks.statements.found import Found, found, named, the_model
from reportgen.blocks.statements.phrases import label_and_unit, labels, outcome
from reportgen.blocks.statements.statistic import statistic
from reportgen.blocks.termtext import Texts
from reportgen.core import numbers
from reportgen.core.document import Context
from reportgen.core.types import Method

PERCENT = 100
TRUE = ("1", "True")
MEDIAN = 0.5


def sentence(text: str, manner: Manner, context: Context) -> str | None:
    """What `text` (`model.column`, `model.icc`) names, said; None where the fit failed.

    SpecError where it names nothing, or nothing that can be read alone.
    """
    wanted = asked(text)
    model = the_model(wanted, context)
    if model.result.status == "failed":
        return None
    if wanted.statistic[0] and wanted.what not in model.result.coef:
        return statistic(model, *wanted.statistic, manner, context)
    method = model.result.method
    if method is not None and method.descriptive:
        return _described(named(wanted, model, context), method, manner)
    return _around(_associated(found(wanted, model, context), manner), wanted, manner, context)


# ── associations ─────────────────────────────────────────────────────────────────────────────


def _associated(found: Found, manner: Manner) -> str:
    """That an exposure was associated with an outcome, and how much."""
    compared, own = exposure(found, manner), numbers_of(found.coef)
    if own is None:
        label = outcome(found.model, found.context)[0]
        return found.context.words("sentence.withheld", exposure=compared.text, outcome=label)
    own, scale = own.times(compared.times), _scale(found)
    if scale is not None:
        return _ratio(found, compared, own.ratio(), scale, manner)
    method = found.model.result.method or Method("", "")
    if method.link != "identity" or found.equation is not None:
        return _linear(found, compared, own, method, manner)
    if method.event is not None or method.family == "binomial":
        return _probability(found, compared, own, manner)
    return _difference(found, compared, own, manner)


def _scale(found: Found) -> str | None:
    """What exp(coefficient) is: the model's own word, told apart where it has only "ratio"."""
    method, equation = found.model.result.method, found.equation
    scale = equation.scale if equation else method.scale if method else None
    if scale != "ratio" or method is None:
        return scale
    return "risk_ratio" if method.family == "binomial" else "mean_ratio"


def _ratio(found: Found, compared: Exposure, own: Numbers, scale: str, manner: Manner) -> str:
    words, method = found.context.words, found.model.result.method
    target = f"_{method.target}" if method and method.target else ""
    return words(
        "sentence.ratio",
        exposure=compared.text,
        ratio=words(f"sentence_ratio.{scale}{target}"),
        estimate=numbers.fixed(own.estimate, own.decimals(manner)),
        interval=interval(found, own, manner, directed=False),
        event=_event(found),
    )


def _linear(found: Found, compared: Exposure, own: Numbers, method: Method, manner: Manner) -> str:
    target = f"_{method.target}" if method.target else ""
    return found.context.words(
        f"sentence.linear{target}",
        exposure=compared.text,
        estimate=numbers.fixed(own.estimate, own.decimals(manner)),
        interval=interval(found, own, manner, directed=False),
        event=_event(found),
        link=method.link,
    )


def _probability(found: Found, compared: Exposure, own: Numbers, manner: Manner) -> str:
    """A difference of probabilities, in percentage points."""
    points = own.times(PERCENT)
    return found.context.words(
        f"sentence.probability_{_direction(own)}",
        exposure=compared.text,
        estimate=numbers.fixed(abs(points.estimate), points.decimals(manner)),
        interval=interval(found, points, manner, directed=True),
        event=_event(found),
    )


def _difference(found: Found, compared: Exposure, own: Numbers, manner: Manner) -> str:
    label, unit = outcome(found.model, found.context)
    words, method = found.context.words, found.model.result.method
    q = method.details.get("q") if method else None
    if isinstance(q, float):
        name = "sentence.median" if q == MEDIAN else "sentence.quantile"
        label = words(name, outcome=label, percent=numbers.level(q))
    number = numbers.fixed(abs(own.estimate), own.decimals(manner))
    return words(
        f"sentence.{_direction(own)}",
        exposure=compared.text,
        estimate=words("sentence.with_unit", number=number, unit=unit) if unit else number,
        interval=interval(found, own, manner, directed=True),
        outcome=label,
    )


def _direction(own: Numbers) -> str:
    return "lower" if own.estimate < 0 else "higher"


def _event(found: Found) -> str:
    """What a ratio is a ratio of: the event, one level rather than another, a count."""
    words, method, equation = found.context.words, found.model.result.method, found.equation
    column, label = found.model.result.outcome or "", outcome(found.model, found.context)[0]
    if equation is not None and equation.kind == "inflate":
        return words("sentence.excess_zero", label=label)
    if equation is not None and equation.level is not None:
        variable = found.context.variable(found.model, column)
        return words(
            "sentence.rather", label=label, level=variable.show(equation.level),
            reference=variable.show(equation.reference or ""),
        )  # fmt: skip
    if method is None:
        return label
    if method.family == "ordered":
        return words("sentence.higher_level", label=label)
    if method.event is None:
        return label
    variable = found.context.variable(found.model, str(method.details.get("status", column)))
    label, level = label_and_unit(variable)[0], variable.show(method.event)
    return label if level in TRUE else words("sentence.event", label=label, level=level)


def _around(said: str, wanted: Asked, manner: Manner, context: Context) -> str:
    """What is true of the whole sentence: adjustment, the population, imputation."""
    model, words = the_model(wanted, context), context.words
    method = model.result.method
    if manner.adjusted:
        covariates = found(wanted, model, context).covariates
        if covariates:
            listed = labels(covariates, model, context)
            said = words("sentence.adjusted", sentence=said, covariates=listed)
    if method is not None and method.estimator == "survey":
        said = words("sentence.surveyed", sentence=said)
    copies = method.details.get("copies") if method and model.result.imputed else None
    return words("sentence.imputed", sentence=said, copies=copies) if copies else said


# ── estimates of a survey ────────────────────────────────────────────────────────────────────


def _described(found: Found, method: Method, manner: Manner) -> str:
    words, own = found.context.words, numbers_of(found.coef)
    texts = Texts(lambda column: found.context.variable(found.model, column), words)
    label = lowered(texts.coefficient(found.name))
    if own is None:
        return words("sentence.withheld", exposure=label, outcome=label)
    return words(
        f"sentence.{method.estimator}",
        label=label,
        estimate=numbers.fixed(own.estimate, own.decimals(manner)),
        interval=interval(found, own, manner, directed=False),
    )
