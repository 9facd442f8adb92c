"""`plot: residuals` — residuals against fitted values, with the line of their means."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import lowered, outcome_text
from reportgen.blocks.plots import clusters, scale, style
from reportgen.blocks.plots.bins import Bin, bins
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.plane import Axis, plane
from reportgen.blocks.plots.remarks import remarks
from reportgen.blocks.selection import only
from reportgen.core import numbers
from reportgen.core.contracts import Plans
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_model, say
from reportgen.core.types import Model

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

_KINDS = {"glm": "deviance", "gee": "pearson", "survey": "pearson"}
_PLAIN = frozenset({"ols", "wls", "ml", "reml"})


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told of one plot of residuals; points are (fitted, residual)."""

    model: Model
    points: tuple[tuple[float, float], ...]
    means: tuple[Bin, ...]
    x: str
    y: str
    context: Context


class Residuals:
    """Residuals against fitted values, a point an observation."""

    observes: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: residuals`."""

        models: tuple[ModelName, ...] = option(doc="The model, one.")

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model."""
        yield from clusters.one_model(options.models)

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Names that mean several models."""
        return suiting.one(plans, options.models)

    def build(self, options: Options, context: Context) -> Figure:
        """The figure; its data are the means that are drawn, not the people. FitError where the
        fit failed or has no residuals.
        """
        plot, words = _plot(options, context), context.words
        label, notes = plot.model.label, tuple(_notes(plot, options))
        return Figure(
            kind="residuals",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or words("residuals.caption", model=label),
            columns=(
                words("data.count"),
                words("data.mean_of", label=plot.x),
                words("data.mean_of", label=plot.y),
            ),
            rows=tuple((mean.n, mean.x, mean.y) for mean in plot.means),
            notes=notes,
            abbreviations=occurring((plot.x, plot.y, label, *notes), words),
        )


def _plot(options: Residuals.Options, context: Context) -> _Plot:
    model, words = only(context, options.models), context.words
    held = model.result.observations
    points = tuple(
        (fitted, residual)
        for fitted, residual in zip(
            held.get("fitted", ()), held.get("residual", ()), strict=True
        )
        if math.isfinite(fitted) and math.isfinite(residual)
    )  # fmt: skip
    if not points:
        raise unfit(say("no-residuals", model=named_model(model.id)), ("models",))
    outcome = lowered(outcome_text(context, model))
    method = model.result.method
    fitted = "probability" if method and method.family == "binomial" else "fitted"
    return _Plot(
        model, points, bins(points), words(f"residuals.{fitted}", outcome=outcome),
        residual_text(context, model), context,
    )  # fmt: skip


def residual_text(context: Context, model: Model) -> str:
    """What the residuals of a model are called: "Residual of …", "Deviance residual"."""
    outcome = lowered(outcome_text(context, model))
    return context.words(f"residuals.{_kind(model)}", outcome=outcome)


def _kind(model: Model) -> str:
    """Which residuals an estimator gives: a name in the words of this plot."""
    method = model.result.method
    if method is None:
        return "plain"
    return "residual" if method.estimator in _PLAIN else _KINDS.get(method.estimator, "plain")


def _paint(sheet: Sheet, plot: _Plot) -> None:
    xs, ys = ([point[side] for point in plot.points] for side in (0, 1))
    axes = plane(
        sheet,
        Axis(scale.linear(min(xs), max(xs)), plot.x),
        Axis(scale.linear(min(0.0, *ys), max(0.0, *ys)), plot.y),
    )
    many = len(plot.points)
    axes.plot(
        xs, ys, linestyle="none", marker="o", markersize=2.6, markeredgewidth=0,
        color=style.ACCENT, alpha=max(0.1, min(0.6, 1500 / many)), rasterized=True,
    )  # fmt: skip
    axes.axhline(0.0, color=style.INK, linewidth=0.8, zorder=2.5)
    axes.plot(
        [mean.x for mean in plot.means], [mean.y for mean in plot.means],
        color=style.CONTRAST, linewidth=1.8, solid_joinstyle="round", zorder=3,
    )  # fmt: skip


def _alt(plot: _Plot) -> str:
    words = plot.context.words
    xs, ys = zip(*plot.points, strict=True)
    means = [mean.y for mean in plot.means]

    def text(value: float) -> str:
        return numbers.significant(value, 3)

    whole = words(
        "residuals.alt", residual=plot.y, fitted=lowered(plot.x), model=plot.model.label,
        count=numbers.count(len(xs)), low=text(min(xs)), high=text(max(xs)),
        least=text(min(ys)), most=text(max(ys)),
    )  # fmt: skip
    if len(means) < 2:
        return whole
    grouped = words(
        "residuals.alt_means", count=len(means), least=text(min(means)), most=text(max(means))
    )
    return f"{whole} {grouped}"


def _notes(plot: _Plot, options: Residuals.Options) -> Iterable[str]:
    words = plot.context.words
    if options.note:
        yield options.note
    if len(plot.means) > 1:
        yield words("residuals.smooth", count=len(plot.means))
    method = plot.model.result.method
    if method is not None and _kind(plot.model) == "deviance" and method.family != "gaussian":
        yield words("residuals.expected")
    yield from remarks([plot.model], words)
