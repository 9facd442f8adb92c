"""The sentences below a table of models: how its numbers came about, and what to beware of."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.labels import clusters_text, column_text, joined, model_labels
from reportgen.blocks.selection import untested
from reportgen.blocks.tables.designs import design_sentences
from reportgen.blocks.tables.fitrows import FitRow, Name, defined, text_of
from reportgen.blocks.tables.imputations import imputation_sentences
from reportgen.blocks.tables.inference import df_sentences
from reportgen.blocks.tables.quasi import criterion_sentences, variance_sentences
from reportgen.blocks.terms import TermRow
from reportgen.core import numbers
from reportgen.core.document import Context
from reportgen.core.types import Model
from reportgen.core.words import Words


def method_sentences(
    models: Sequence[Model], context: Context, rows: Sequence[FitRow]
) -> tuple[str, ...]:
    """What is the same in all models and so has no row among `rows`: estimator, standard errors,
    working correlation; and what the clusters are.
    """
    fitted = [model for model in models if model.result.status != "failed"]
    shown, words = {row.name for row in rows}, context.words
    found = []
    estimator = _common([_estimator(model, words) for model in fitted])
    if estimator and "estimator" not in shown:
        known = "survey.estimates" if untested(fitted) else "fit.all_estimator"
        found.append(words(known, estimator=estimator))
    for name in ("se", "correlation"):
        text = _common([text for model in fitted if (text := text_of(name, model, words))])
        if text and name not in shown:
            found.append(words(f"fit.all_{name}", **{name: text}))
    groups = [clusters_text(context, model) for model in fitted]
    clusters = joined([text for text in groups if text], words)
    if clusters:
        found.append(words("fit.clusters", groups=clusters))
    if shown & {"qic", "qicu"}:
        found += criterion_sentences(fitted, words)
    return (
        *found,
        *df_sentences(fitted, words),
        *variance_sentences(fitted, words),
        *_events(fitted, context),
        *design_sentences(fitted, context),
        *imputation_sentences(fitted, context),
    )


def row_sentences(models: Sequence[Model], words: Words) -> tuple[str, ...]:
    """That the models rest on different rows."""
    fitted = [model for model in models if model.result.status != "failed"]
    labels = model_labels(models)
    found = []
    if len({(model.data, model.result.n) for model in fitted}) > 1:
        counts = words("list.comma").join(
            f"{labels[model.id]}: {numbers.count(model.result.n)}" for model in fitted
        )
        found.append(words("fit.different_rows", counts=counts))
    return tuple(found)


def target_sentences(models: Sequence[Model], words: Words) -> tuple[str, ...]:
    """Whom the estimates of multilevel models compare, and that others compare others."""
    labels, named = model_labels(models), _by_target(models)
    texts = {
        target: joined([labels[model.id] for model in chosen if _nonlinear(model)], words)
        for target, chosen in named.items()
    }
    averaged = [labels[model.id] for model in named["population"] if model.result.variance]
    found = []
    if texts["population"] and texts["cluster"]:
        found.append(words("compare.targets", **texts))
    elif texts["cluster"]:
        found.append(words("compare.cluster", cluster=texts["cluster"]))
    if averaged:
        found.append(words("compare.averaged", models=joined(averaged, words)))
    return tuple(found)


def _by_target(models: Sequence[Model]) -> dict[str, list[Model]]:
    """The fitted models by whom their estimates are about: "population", "cluster"."""
    found: dict[str, list[Model]] = {"population": [], "cluster": []}
    for model in models:
        method = model.result.method
        if model.result.status != "failed" and method is not None and method.target in found:
            found[method.target].append(model)
    return found


def _nonlinear(model: Model) -> bool:
    """Whether averaging over clusters moves the slopes: with a log link it moves none."""
    method = model.result.method
    return method is not None and method.link not in ("identity", "log")


def hidden_sentences(rows: Sequence[TermRow], words: Words) -> tuple[str, ...]:
    """Which terms are in the models but not in the table."""
    names = [row.full for row in rows]
    return (words("compare.hidden", terms=joined(names, words)),) if names else ()


def undefined_sentences(
    models: Sequence[Model], wanted: Sequence[Name] | None, words: Words
) -> tuple[str, ...]:
    """Why a criterion that was asked for by name is not given: which models define none."""
    labels = model_labels(models)
    asked: Sequence[Name] = tuple(wanted or ())
    found = []
    for estimator, text in (("gee", "fit.no_likelihood"), ("reml", "fit.no_reml")):
        without = [
            model
            for model in models
            if model.result.method and model.result.method.estimator == estimator
        ]
        stats = [
            words(f"fit.{name}") for name in asked if without and not defined(name, without[0])
        ]
        if stats:
            names = joined([labels[model.id] for model in without], words)
            found.append(words(text, models=names, stats=joined(stats, words)))
    return tuple(found)


def _events(models: Sequence[Model], context: Context) -> tuple[str, ...]:
    """Which value of a yes/no outcome the models are about, for each outcome once."""
    found = []
    for model in models:
        method, outcome = model.result.method, model.result.outcome
        if method is not None and method.event is not None and outcome is not None:
            column = str(method.details.get("status", outcome))
            shown = context.variable(model, column).show(method.event)
            label = column_text(context, model, column)
            found.append(context.words("fit.event", outcome=label, event=shown))
    return tuple(dict.fromkeys(found))


_CHOSEN = {"agq": "nodes", "quantreg": "q", "rlm": "norm", "partial_likelihood": "ties"}
"""What is said of an estimator beside its name, where it is known."""


def _estimator(model: Model, words: Words) -> str | None:
    method = model.result.method
    if method is None:
        return None
    key = _CHOSEN.get(method.estimator, "")
    value = method.details.get(key)
    if value is not None:
        return words(f"estimator.{method.estimator}_{key}", **{key: value})
    return words.get(f"estimator.{method.estimator}", method.estimator)


def _common(texts: Sequence[str | None]) -> str | None:
    """The text that all share; None where they differ."""
    return texts[0] if texts and len(set(texts)) == 1 else None
