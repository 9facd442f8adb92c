"""The statistics of whole models, in their fixed order: a cell for each model.

Only what an estimator defines has a value: GEE has no likelihood, a restricted likelihood has no
criterion, a model without clusters has no intraclass correlation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, get_args

from reportgen.blocks.labels import model_labels
from reportgen.blocks.randomeffects import factor_of, levels_of
from reportgen.blocks.tables.cells import number
from reportgen.blocks.tables.quasi import on_one_scale
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Context, Role
from reportgen.core.types import Model
from reportgen.core.words import Words

Name = Literal[
    "n", "groups", "events", "r2", "r2_adjusted", "r2_pseudo", "r1", "concordance",
    "r2_marginal", "r2_conditional", "llf", "aic", "bic", "qic", "qicu", "scale", "robust_scale",
    "alpha", "icc", "median_odds_ratio", "median_rate_ratio", "correlation", "se", "estimator",
]  # fmt: skip
NAMES: tuple[Name, ...] = get_args(Name)
_STATS: Mapping[str, tuple[str, Role]] = {
    "r2": ("rsquared", "r2"),
    "r2_adjusted": ("rsquared_adj", "r2"),
    "r2_pseudo": ("prsquared", "r2"),
    "r1": ("r1", "r2"),
    "concordance": ("concordance", "r2"),
    "robust_scale": ("robust_scale", "sd"),
    "r2_marginal": ("r2_marginal", "r2"),
    "r2_conditional": ("r2_conditional", "r2"),
    "llf": ("llf", "likelihood"),
    "aic": ("aic", "criterion"),
    "bic": ("bic", "criterion"),
    "qic": ("qic", "criterion"),
    "qicu": ("qicu", "criterion"),
    "scale": ("scale", "variance"),
    "alpha": ("alpha", "variance"),
    "median_odds_ratio": ("median_odds_ratio", "ratio"),
    "median_rate_ratio": ("median_rate_ratio", "ratio"),
}
_TELLING: tuple[Name, ...] = (
    "groups", "events", "alpha", "icc", "median_odds_ratio", "median_rate_ratio",
)  # fmt: skip
_COMPARABLE: tuple[Name, ...] = ("r2", "r2_pseudo", "r1", "concordance", "aic", "bic", "qic")
_TEXTS: tuple[Name, ...] = ("correlation", "se", "estimator")


@dataclass(frozen=True)
class FitRow:
    """One statistic: its name, its label, and a cell for each model."""

    name: Name
    label: str
    cells: tuple[Cell, ...]


def fit_rows(
    models: Sequence[Model], context: Context, wanted: Sequence[Name] | None = None
) -> tuple[FitRow, ...]:
    """The rows of the fit block.

    Those `wanted`; where nothing is said: observations, and clusters, events and the intraclass
    correlation where some model has them, a criterion or R² where every model has it (else it
    compares nothing), and the texts in which the models differ.
    """
    scaled = on_one_scale(models)
    rows = (_row(name, scaled, context.words) for name in NAMES)
    if wanted is not None:
        return tuple(row for row in rows if row.name in wanted)
    return tuple(row for row in rows if _shown(row, models, context.words))


def defined(name: Name, model: Model) -> bool:
    """Whether a statistic means anything for the model's estimator."""
    method = model.result.method
    estimator = method.estimator if method else ""
    refused = {"gee": ("llf", "aic", "bic"), "reml": ("aic", "bic")}
    return name not in refused.get(estimator, ())


def text_of(name: Name, model: Model, words: Words) -> str | None:
    """Working correlation, kind of standard error or estimator (short) in words; None without."""
    method = model.result.method
    if method is None:
        return None
    if name == "se":
        return words.get(f"se.{method.se}", method.se)
    if name == "estimator":
        return words.get(f"estimator_short.{method.estimator}", method.estimator)
    if method.correlation is None:
        return None
    return words.get(f"working_correlation.{method.correlation}", method.correlation)


def _row(name: Name, models: Sequence[Model], words: Words) -> FitRow:
    return FitRow(name, words(f"fit.{name}"), tuple(_cell(name, model, words) for model in models))


def _cell(name: Name, model: Model, words: Words) -> Cell:
    result = model.result
    if result.status == "failed":
        return Cell(empty="failed") if name != "n" or not result.n else Cell(result.n, "count")
    if name in _STATS:
        key, role = _STATS[name]
        return number(result.stats.get(key) if defined(name, model) else None, role)
    if name in _TEXTS:
        text = text_of(name, model, words)
        return Cell(text) if text else Cell(empty="undefined")
    special: Mapping[str, Callable[[], Cell]] = {
        "n": lambda: Cell(result.n, "count"),
        "groups": lambda: _clusters(model, words),
        "events": lambda: number(result.events, "count"),
        "icc": lambda: number(result.icc, "icc"),
    }
    return special[name]()


def _clusters(model: Model, words: Words) -> Cell:
    """The number of clusters with their smallest and largest size, as one text."""
    result = model.result
    if result.n_groups is None:
        return _crossed(model, words)
    if result.group_size is None:
        return Cell(result.n_groups, "count")
    smallest, largest = numbers.count(result.group_size.min), numbers.count(result.group_size.max)
    many = numbers.count(result.n_groups)
    if smallest == largest:
        return Cell(words("fit.cluster_size", count=many, size=largest))
    return Cell(words("fit.cluster_sizes", count=many, min=smallest, max=largest))


def _crossed(model: Model, words: Words) -> Cell:
    """How many levels each crossed factor has, as one text: "item 10, pupil 40"."""
    counts = [
        words("fit.levels", label=name, count=numbers.count(levels_of(name, model)))
        for name in model.result.variance
        if factor_of(name, model) is not None
    ]
    return Cell(words("list.comma").join(counts)) if counts else Cell(empty="undefined")


def _shown(row: FitRow, models: Sequence[Model], words: Words) -> bool:
    cells = [
        cell
        for cell, model in zip(row.cells, models, strict=True)
        if model.result.status != "failed"
    ]
    if row.name == "n":
        return True
    if row.name in _TELLING:
        return any(cell.value is not None for cell in cells)
    if row.name in _COMPARABLE:
        return bool(cells) and all(cell.value is not None for cell in cells)
    if row.name == "estimator" and _labels_tell(models, words):
        return False
    return row.name in _TEXTS and len({cell.value for cell in cells if cell.value}) > 1


def _labels_tell(models: Sequence[Model], words: Words) -> bool:
    """Whether each model's label names its estimator already: "OLS", "GEE, robust"."""
    labels = model_labels(models)
    texts = [(text_of("estimator", model, words), labels[model.id]) for model in models]
    return all(text is None or text in re.findall(r"\w+", label) for text, label in texts)
