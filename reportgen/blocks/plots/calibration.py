"""`plot: calibration` — whether what a model predicts is what happens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import lowered, outcome_text
from reportgen.blocks.plots import clusters, scale, style
from reportgen.blocks.plots.answers import answered, judged
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.plane import Axis, Stroke, beside, square
from reportgen.blocks.plots.remarks import remarks
from reportgen.blocks.plots.roc import fitted_notes, sizes
from reportgen.blocks.selection import only
from reportgen.core import numbers
from reportgen.core.contracts import Plans, Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Coef, Model, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

NAMES = ("n", "events", "predicted", "share", "low", "high")


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told; a group is (n, events, predicted, share, low, high)."""

    model: Model
    held: Result
    context: Context

    @property
    def groups(self) -> tuple[tuple[float, ...], ...]:
        """The groups, in the order of their predictions."""
        return tuple(zip(*(self.held.observations[name] for name in NAMES), strict=True))

    @property
    def line(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The smooth line: x and y."""
        return self.held.observations["x"], self.held.observations["y"]

    def told(self) -> Iterable[str]:
        """Intercept and slope, each with its interval."""
        for name, coef in self.held.coef.items():
            yield self.context.words(f"calibration.{name}", estimate=self._estimate(coef))

    def _estimate(self, coef: Coef) -> str:
        decimals = max(2, numbers.decimals_for(coef.se))
        estimate, low, high = (
            numbers.fixed(each, decimals) for each in (coef.estimate, coef.low, coef.high)
        )
        return self.context.words("forest.estimate", estimate=estimate, low=low, high=high)


class Calibration:
    """Predicted probabilities against shares of events: groups, a smooth line, slope."""

    observes: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: calibration`."""

        models: tuple[ModelName, ...] = option(doc="The model, one, of a yes or a no.")
        bins: int = option(10, doc="How many groups of like prediction are shown, 2 to 50.")

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model; groups that say nothing."""
        yield from clusters.one_model(options.models)
        if not 2 <= options.bins <= 50:
            yield Problem("few-bins", "`bins` is a number from 2 to 50", ("bins",))

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Several models; one that gives no probability of a yes; rows that have weights."""
        yield from suiting.one(plans, options.models)
        yield from suiting.judgeable(plans, options.models, "calibration")

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The groups and the line. SpecError for a model of another outcome."""
        return judged(context, options.models, "calibration", bins=options.bins)

    def build(self, options: Options, context: Context) -> Figure:
        """The figure; its data are the groups. FitError where the fit cannot be judged so."""
        model = only(context, options.models)
        ((_, held),) = answered(context, options.models)
        plot, words = _Plot(model, held, context), context.words
        notes = tuple(_notes(options, plot))
        return Figure(
            kind="calibration",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or words(
                "calibration.caption", outcome=lowered(outcome_text(context, model)),
                model=model.label,
            ),
            columns=(
                words("data.count"),
                *(words(f"calibration.{name}") for name in ("events", "predicted", "observed")),
                words("data.low"),
                words("data.high"),
            ),
            rows=plot.groups,
            notes=notes,
            abbreviations=occurring((model.label, *notes), words),
        )  # fmt: skip


def _paint(sheet: Sheet, plot: _Plot) -> None:
    words, groups, (x, y) = plot.context.words, plot.groups, plot.line
    most = max([0.1, *x, *y, *(value for group in groups for value in (group[2], group[5]))])
    unit = scale.linear(0.0, min(1.0, most), room=0.02)
    axes = square(
        sheet, Axis(unit, words("calibration.predicted_title")),
        Axis(unit, words("calibration.observed_title")),
    )  # fmt: skip
    dash = (0, (2, 2))
    axes.plot([0, 1], [0, 1], color=style.MUTED, linewidth=0.8, linestyle=dash, zorder=1.5)
    axes.plot(x, y, color=style.CONTRAST, linewidth=1.8, zorder=2.5)
    middles = [group[2] for group in groups]
    axes.vlines(middles, [g[4] for g in groups], [g[5] for g in groups], color=style.ACCENT,
                linewidth=1.2, zorder=2.8)  # fmt: skip
    axes.plot(middles, [group[3] for group in groups], color=style.ACCENT, marker="s",
              markersize=4.6, markeredgewidth=0, linestyle="none", zorder=3)  # fmt: skip
    level = numbers.level(plot.held.confidence)
    strokes = [Stroke(words("calibration.groups", level=level), style.ACCENT, 1.2, "-", "s")]
    if x:
        strokes.append(Stroke(words("calibration.smooth"), style.CONTRAST, 1.8))
    strokes.append(Stroke(words("calibration.perfect"), style.MUTED, 0.8, dash))
    strokes += [Stroke(text, style.PAPER, 0.0) for text in plot.told()]
    beside(sheet, axes, strokes)


def _alt(plot: _Plot) -> str:
    words, groups = plot.context.words, plot.groups
    farthest = max(groups, key=lambda group: abs(group[3] - group[2]))
    holding = sum(1 for group in groups if group[4] <= group[2] <= group[5])
    return words(
        "calibration.alt", outcome=lowered(outcome_text(plot.context, plot.model)),
        model=plot.model.label, count=numbers.count(len(groups)), holding=numbers.count(holding),
        least=numbers.percent(groups[0][2]), most=numbers.percent(groups[-1][2]),
        predicted=numbers.percent(farthest[2]), share=numbers.percent(farthest[3]),
        told=" ".join(f"{text}." for text in plot.told()),
    )  # fmt: skip


def _notes(options: Calibration.Options, plot: _Plot) -> Iterable[str]:
    words, held = plot.context.words, plot.held
    if options.note:
        yield options.note
    yield from sizes([plot.model], words)
    yield words("calibration.wilson")
    if held.n_groups:
        yield words("calibration.clusters")
    yield from fitted_notes([plot.model], words)
    method = plot.model.result.method
    if method is not None and method.estimator == "glm" and method.link == "logit":
        yield words("calibration.by_construction")
    yield from remarks([plot.model], words)
