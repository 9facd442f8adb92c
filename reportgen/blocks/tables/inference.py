"""The sentences that tell how tests of coefficients and intervals of variances were made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reportgen.blocks.labels import joined, model_labels
from reportgen.core.types import Model
from reportgen.core.words import Words


def df_sentences(models: Sequence[Model], words: Words) -> Iterator[str]:
    """By which rule coefficients have their degrees of freedom; only where one was chosen."""
    yield from _grouped(models, _rule, words)


def interval_sentences(models: Sequence[Model], words: Words) -> Iterator[str]:
    """How the intervals of variances and correlations were made."""
    yield from _grouped(models, _intervals, words)


def has_intervals(model: Model) -> bool:
    """Whether some variance, covariance or correlation of a model has an interval."""
    variances, others = model.result.variance.values(), model.result.spread.values()
    return any(each.high is not None for each in variances) or any(
        each.high is not None for each in others
    )


def _rule(model: Model) -> str | None:
    method = model.result.method
    rule = method.details.get("df") if method else None
    return f"degrees.{rule}" if isinstance(rule, str) and rule != "normal" else None


def _intervals(model: Model) -> str | None:
    method = model.result.method
    kind = method.details.get("intervals") if method else None
    if kind is None or not has_intervals(model):
        return None
    restricted = kind == "profile" and method is not None and method.estimator == "reml"
    return "variance.restricted" if restricted else f"variance.{kind}"


def _grouped(
    models: Sequence[Model], word: Callable[[Model], str | None], words: Words
) -> Iterator[str]:
    """Each sentence once; after the names of its models where they differ."""
    labels = model_labels(models)
    held: dict[str | None, list[str]] = {}
    for model in models:
        if model.result.status != "failed":
            held.setdefault(word(model), []).append(labels[model.id])
    for name, named in held.items():
        if name is not None:
            text = words(name)
            alone = len(held) == 1
            yield text if alone else words("plot.finding", models=joined(named, words), text=text)
