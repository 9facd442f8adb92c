"""Sentences about a model as a whole: its intraclass correlation, a variance, a Wald test."""

from __future__ import annotations

from reportgen.blocks.equations import plain_name
from reportgen.blocks.labels import lowered
from reportgen.blocks.statements.asked import Manner, refuse, unknown
from reportgen.blocks.statements.estimate import with_p
from reportgen.blocks.statements.phrases import cluster, label_and_unit, labels, outcome
from reportgen.blocks.tables.components import is_slope, what
from reportgen.blocks.termtext import Texts
from reportgen.core import numbers
from reportgen.core.document import Context
from reportgen.core.types import Model, Wald

ICC_DECIMALS = 3


def statistic(model: Model, kind: str, name: str, manner: Manner, context: Context) -> str:
    """The sentence of `icc`, `variance.NAME` or `wald.TERM`. SpecError where there is none."""
    if kind == "icc":
        return _icc(model, manner, context)
    return _variance(model, name, context) if kind == "variance" else _wald(model, name, context)


def _icc(model: Model, manner: Manner, context: Context) -> str:
    result, words = model.result, context.words
    if result.icc is None:
        refuse(f"model `{model.id}` has no intraclass correlation")
    decimals = ICC_DECIMALS if manner.decimals is None else manner.decimals
    text, spread = numbers.bounded(result.icc, decimals), result.spread.get("icc")
    if spread is not None and spread.low is not None and spread.high is not None:
        interval = words(
            "sentence.interval", level=numbers.level(result.confidence),
            low=numbers.bounded(spread.low, decimals), high=numbers.bounded(spread.high, decimals),
        )  # fmt: skip
        text = words("sentence.with_interval", estimate=text, interval=interval)
    latent = bool(result.variance) and not _linear(model)
    return _given(
        "sentence.icc_latent" if latent else "sentence.icc", model, context,
        outcome=outcome(model, context)[0], cluster=cluster(model, context), icc=text,
    )  # fmt: skip


def _variance(model: Model, name: str, context: Context) -> str:
    component = model.result.variance.get(name)
    if component is None:
        known = list(model.result.variance)
        unknown(f"model `{model.id}` has no variance `{name}`", name, known)
    if cluster(model, context) == "" or not (
        is_slope(name, model, context) or name == _intercept(model)
    ):
        refuse(
            f"no sentence can be made of the variance `{name}`, {what(name, model, context)}",
            help="`table: variance` shows all variances",
        )
    label, unit = outcome(model, context)
    sd, one = numbers.significant(component.sd, 3), cluster(model, context)
    if is_slope(name, model, context):
        slope = label_and_unit(context.variable(model, name))[0]
        return context.words("sentence.slope", label=slope, cluster=one, sd=sd)
    if not _linear(model):
        return _given("sentence.between_latent", model, context, outcome=label, cluster=one, sd=sd)
    if unit:
        sd = context.words("sentence.with_unit", number=sd, unit=unit)
    return _given("sentence.between", model, context, outcome=label, cluster=one, sd=sd)


def _linear(model: Model) -> bool:
    """Whether variances are on the scale of the outcome."""
    return model.result.method is None or model.result.method.link == "identity"


def _intercept(model: Model) -> str | None:
    return model.result.method.groups if model.result.method else None


def _wald(model: Model, name: str, context: Context) -> str:
    found = model.result.wald.get(name)
    if found is None:
        unknown(f"model `{model.id}` has no test of `{name}`", name, list(model.result.wald))
    texts = Texts(lambda column: context.variable(model, column), context.words)
    term = next((each for each in model.result.terms if each.name == name), None)
    equation = model.result.equations.get(term.equation) if term else None
    label = lowered(texts.coefficient(plain_name(equation, name)))
    return with_p(
        "sentence.wald" if found.df_resid is None else "sentence.wald_f", found.p, context.words,
        term=label, **_degrees(found),
    )  # fmt: skip


def _degrees(test: Wald) -> dict[str, str]:
    known = {"df": str(test.df), "statistic": numbers.fixed(test.statistic, 2)}
    if test.df_resid is None:
        return known
    return known | {"rest": numbers.fixed(test.df_resid, 0 if test.df_resid % 1 == 0 else 1)}


def _given(name: str, model: Model, context: Context, **values: str) -> str:
    """A pattern, in its form for a model with covariates where it has any."""
    columns = dict.fromkeys(
        column
        for term in model.result.terms
        if term.kind != "intercept"
        for column in term.variables
    )
    if not columns:
        said = context.words(name, **values)
        return said[:1].upper() + said[1:]
    listed = labels(list(columns), model, context)
    return context.words(f"{name}_given", covariates=listed, **values)
