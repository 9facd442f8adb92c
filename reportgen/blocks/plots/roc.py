"""`plot: roc` — how well models tell a yes from a no: the curve, and the area below it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import joined, lowered, model_labels, outcome_text
from reportgen.blocks.plots import scale, style
from reportgen.blocks.plots.answers import answered, judged
from reportgen.blocks.plots.curves import DASHES
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.plane import Axis, Stroke, beside, square
from reportgen.blocks.plots.remarks import remarks
from reportgen.core import numbers
from reportgen.core.contracts import Plans, Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model, Result
from reportgen.core.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

MOST = 6
WIDTH = 1.6


@dataclass(frozen=True)
class _Line:
    """The curve of one model, what it is called, and how it is drawn."""

    model: Model
    label: str
    curve: Result
    mark: style.Mark

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """The corners: (share of false alarms, share of events found)."""
        held = self.curve.observations
        return tuple(zip(held["fpr"], held["tpr"], strict=True))


class Roc:
    """The share of events found against that of false alarms, a curve a model."""

    observes: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: roc`."""

        models: tuple[ModelName, ...] = option(doc="The models, each of a yes or a no.")

    def check(self, options: Options) -> Iterable[Problem]:
        """A plot of no model."""
        if not options.models:
            yield Problem("no-models", "`plot: roc` needs `models`", ("models",))

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Models that give no probability of a yes; rows that have weights."""
        return suiting.judgeable(plans, options.models, "roc")

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The curve of each model. SpecError for a model of another outcome."""
        return judged(context, options.models, "roc")

    def build(self, options: Options, context: Context) -> Figure:
        """The figure; its data are the corners of the curves. FitError where there is no curve."""
        words, lines = context.words, _lines(options, context)
        alt = " ".join(_told(line, words) for line in lines)
        notes = tuple(_notes(options, lines, context))
        return Figure(
            kind="roc",
            svg=draw(lambda sheet: _paint(sheet, lines, words), 1.0),
            alt=words("roc.alt", outcome=lowered(outcome_text(context, lines[0].model)), told=alt),
            caption=options.caption or _caption(lines, context),
            columns=(
                words("data.model"),
                *(words(f"roc.{name}") for name in ("threshold", "fpr", "tpr")),
            ),
            rows=tuple(
                (line.label, *corner)
                for line in lines
                for corner in zip(
                    *(line.curve.observations[name] for name in ("threshold", "fpr", "tpr")),
                    strict=True,
                )
            ),
            notes=notes,
            abbreviations=occurring((*(each.label for each in lines), *notes), words),
        )  # fmt: skip


def _lines(options: Roc.Options, context: Context) -> tuple[_Line, ...]:
    found = answered(context, options.models)
    if len(found) > MOST:
        raise SpecError(Problem(
            "many-curves", f"{len(found)} curves cannot be told apart", ("models",),
            help=f"name up to {MOST} models",
        ))  # fmt: skip
    labels = model_labels([model for model, _ in found])
    marks = style.marks(len(found))
    return tuple(
        _Line(model, labels[model.id], curve, mark)
        for (model, curve), mark in zip(found, marks, strict=True)
    )


def _caption(lines: tuple[_Line, ...], context: Context) -> str:
    outcomes = joined([lowered(outcome_text(context, line.model)) for line in lines], context.words)
    return context.words("roc.caption", outcome=outcomes)


def area_text(curve: Result, words: Words) -> str:
    """The area with its interval: "0.731 (0.704 to 0.757)"."""
    auc = curve.coef["auc"]
    if auc.low is None or auc.high is None:
        return numbers.fixed(auc.estimate, 3)
    return words(
        "forest.estimate", estimate=numbers.fixed(auc.estimate, 3), low=numbers.fixed(auc.low, 3),
        high=numbers.fixed(auc.high, 3),
    )  # fmt: skip


def _paint(sheet: Sheet, lines: tuple[_Line, ...], words: Words) -> None:
    unit = scale.linear(0.0, 1.0, room=0.02)
    axes = square(sheet, Axis(unit, words("roc.fpr")), Axis(unit, words("roc.tpr")))
    axes.plot([0, 1], [0, 1], color=style.MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1.5)
    strokes = []
    for position, line in enumerate(lines):
        dash = DASHES[position % len(DASHES)]
        axes.plot(
            *zip(*line.points, strict=True), color=line.mark.colour, linewidth=WIDTH,
            linestyle=dash, solid_joinstyle="miter", zorder=3,
        )  # fmt: skip
        text = words("roc.area", area=area_text(line.curve, words))
        strokes.append(Stroke(f"{line.label}\n{text}", line.mark.colour, WIDTH, dash))
    strokes.append(Stroke(words("roc.chance"), style.MUTED, 0.8, (0, (2, 2))))
    beside(sheet, axes, strokes)


def _told(line: _Line, words: Words) -> str:
    found = max(line.points, key=lambda point: point[1] - point[0])
    return words(
        "roc.told", model=line.label, area=area_text(line.curve, words),
        found=numbers.percent(found[1]), false=numbers.percent(found[0]),
    )  # fmt: skip


def _notes(options: Roc.Options, lines: tuple[_Line, ...], context: Context) -> Iterable[str]:
    words = context.words
    if options.note:
        yield options.note
    yield from sizes([line.model for line in lines], words)
    level = numbers.level(lines[0].curve.confidence)
    clustered = [line.label for line in lines if line.curve.n_groups]
    if len(clustered) < len(lines):
        yield words("roc.delong", level=level)
    if clustered:
        models = "" if len(clustered) == len(lines) else joined(clustered, words)
        key = "roc.obuchowski_some" if models else "roc.obuchowski"
        yield words(key, level=level, models=models)
    yield from fitted_notes([line.model for line in lines], words)
    yield from remarks(context.select(options.models), words)


def sizes(models: list[Model], words: Words) -> Iterable[str]:
    """How many rows and events the models rest on, once where they are the same."""
    labels = model_labels(models)
    held: dict[tuple[int, int], list[str]] = {}
    for model in models:
        key = (model.result.n, model.result.events or 0)
        held.setdefault(key, []).append(labels[model.id])
    for (n, events), names in held.items():
        text = words("roc.size", n=numbers.count(n), events=numbers.count(events))
        shared = len(held) == 1
        yield text if shared else words("plot.finding", models=joined(names, words), text=text)


def fitted_notes(models: list[Model], words: Words) -> Iterable[str]:
    """That models are judged by their own rows, and which of them know the clusters."""
    yield words("roc.own_rows")
    labels = model_labels(models)
    knowing = [labels[each.id] for each in models if each.result.random_effects]
    if knowing:
        yield words("roc.conditional", models=joined(knowing, words))
