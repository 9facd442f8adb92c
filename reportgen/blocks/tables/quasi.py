"""Criteria of estimating equations, which compare models only at one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.blocks.labels import joined, model_labels
from reportgen.core import numbers
from reportgen.core.types import Model
from reportgen.core.words import Words


def on_one_scale(models: Sequence[Model]) -> tuple[Model, ...]:
    """The models, QIC and QICu of those that can be compared at the scale φ of the largest.

    At its own scale -2 Q/φ is n - p whatever the fit; one scale for all that are compared is that
    of the largest model (Pan 2001, Biometrics 57, 120–125, §2): QIC = -2 Q/φ + 2 tr(Ω V) φ₀/φ, φ₀
    the model's own.
    """
    largest = {model.id: _largest(group) for group in _comparable(models) for model in group}
    return tuple(
        _at(model, largest[model.id]) if model.id in largest else model for model in models
    )


def criterion_sentences(models: Sequence[Model], words: Words) -> Iterator[str]:
    """At which scale the criteria of several models stand, where it is estimated."""
    labels = model_labels(models)
    for group in _comparable(models):
        largest = _largest(group)
        if len(group) > 1 and len({model.result.stats["scale"] for model in group}) > 1:
            yield words(
                "fit.qic_scale",
                models=joined([labels[model.id] for model in group], words),
                largest=labels[largest.id],
                scale=numbers.significant(largest.result.stats["scale"], 4),
            )


def variance_sentences(models: Sequence[Model], words: Words) -> Iterator[str]:
    """Parameters of variance functions that were taken as known."""
    labels = model_labels(models)
    held: dict[tuple[str, float], list[str]] = {}
    for model in models:
        details = model.result.method.details if model.result.method else {}
        for name in ("alpha", "var_power"):
            value = details.get(name)
            if isinstance(value, (int, float)):
                held.setdefault((name, float(value)), []).append(labels[model.id])
    for (name, known), named in held.items():
        text = words(f"fit.known_{name}", value=numbers.given(known))
        everyone = len(named) == len(models)
        yield text if everyone else words("plot.finding", models=joined(named, words), text=text)


def _comparable(models: Sequence[Model]) -> list[list[Model]]:
    """Models with a quasi-likelihood of the same outcome, rows and variance function."""
    held: dict[object, list[Model]] = {}
    for model in models:
        result, method = model.result, model.result.method
        if method is None or result.stats.get("quasi") is None or not result.stats.get("scale"):
            continue
        known = tuple(method.details.get(name) for name in ("alpha", "var_power"))
        same = (model.data, result.outcome, result.n, method.family, known)
        held.setdefault(same, []).append(model)
    return list(held.values())


def _largest(models: Sequence[Model]) -> Model:
    return max(models, key=lambda model: len(model.result.coef))


def _at(model: Model, largest: Model) -> Model:
    stats = model.result.stats
    scale, own = largest.result.stats["scale"], stats["scale"]
    quasi, cic = stats["quasi"], stats.get("cic")
    if not scale or own is None or quasi is None or cic is None:
        return model
    fit = -2 * quasi / scale
    at = {"qic": fit + 2 * cic * own / scale, "qicu": fit + 2 * len(model.result.coef)}
    return replace(model, result=replace(model.result, stats={**stats, **at}))
