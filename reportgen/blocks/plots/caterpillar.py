"""`plot: caterpillar` — the predicted random effects of one model, sorted, with their intervals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import lowered, outcome_text
from reportgen.blocks.plots import clusters, rows, scale, style, tall
from reportgen.blocks.plots.clusters import Predicted
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.marking import LINE, POINT
from reportgen.blocks.plots.remarks import remarks
from reportgen.blocks.randomeffects import chosen_effect, factor_of, heading
from reportgen.blocks.selection import only
from reportgen.blocks.tables.components import what
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

MOST_LINES = 500
"""More intervals than these are drawn as an image, which weighs less."""


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told of one caterpillar plot."""

    model: Model
    effects: tuple[Predicted, ...]
    title: str
    heading: str
    context: Context

    def named(self, effect: Predicted) -> str:
        """A cluster and its effect in a sentence: "2.0 (1192)"."""
        decimals = numbers.decimals_for(*(each.se for each in self.effects))
        value = numbers.fixed(effect.value, decimals)
        return self.context.words("caterpillar.named", cluster=effect.label, estimate=value)


class Caterpillar:
    """Predicted random effects, highest first, with conditional intervals."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: caterpillar`."""

        models: tuple[ModelName, ...] = option(doc="The model, one.")
        effect: str | None = option(
            None, doc="The random effect that is shown; the model's first where not given."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model."""
        yield from clusters.one_model(options.models)

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Several models; one without random effects."""
        yield from suiting.one(plans, options.models)
        yield from suiting.with_effects(plans, options.models)

    def build(self, options: Options, context: Context) -> Figure:
        """The figure. FitError where the fit failed or has no random effects, SpecError where
        `effect` is none of its own.
        """
        plot, words = _plot(options, context), context.words
        model, notes = plot.model, tuple(_notes(plot, options))
        return Figure(
            kind="caterpillar",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or words("caterpillar.caption", model=model.label),
            columns=(
                plot.heading or words("data.cluster"),
                *(words(f"data.{name}") for name in ("estimate", "se", "low", "high")),
            ),
            rows=tuple(_data(plot)),
            notes=notes,
            abbreviations=occurring((plot.title, model.label, *notes), words),
        )


def _plot(options: Caterpillar.Options, context: Context) -> _Plot:
    model = only(context, options.models)
    name = chosen_effect(model, options.effect)
    effects = clusters.predicted(model, name, context)
    if not effects:
        raise unfit(say("no-random-effects_number", model=named_model(model.id)), ("models",))
    title = _title(model, name, context)
    return _Plot(model, effects, title, heading(name, model, context), context)


def _title(model: Model, name: str, context: Context) -> str:
    """What the axis shows: "Difference in body mass index from the average cluster, 95% …"."""
    words, method = context.words, model.result.method
    level = numbers.level(model.result.confidence)
    if not clusters.is_intercept(name, model) and factor_of(name, model) is None:
        subject = what(name, model, context)
    elif method is not None and method.link == "identity":
        subject = lowered(outcome_text(context, model))
    else:
        subject = words("caterpillar.predictor")
    return words("caterpillar.title", what=subject, level=level)


def _paint(sheet: Sheet, plot: _Plot) -> None:
    effects = plot.effects
    ends = [end for effect in effects for end in (effect.low, effect.high)]
    axis = scale.linear(min(0.0, *ends), max(0.0, *ends))
    labels = [effect.label for effect in effects]
    made = tall.chart(sheet, labels, axis, plot.title, plot.heading)
    rows.null_line(made.axes, 0.0)
    height, many = tall.density(len(effects)).row, len(effects) > MOST_LINES
    share = height / tall.ROW
    made.axes.hlines(
        made.middles, [effect.low for effect in effects], [effect.high for effect in effects],
        color=style.ACCENT, linewidth=LINE * max(share, 0.3), alpha=0.35 if many else 1.0,
        rasterized=many,
    )  # fmt: skip
    made.axes.plot(
        [effect.value for effect in effects], made.middles, color=style.ACCENT, marker="o",
        markersize=POINT * max(share, 0.4), markeredgewidth=0, linestyle="none", zorder=3,
        rasterized=many,
    )  # fmt: skip


def _alt(plot: _Plot) -> str:
    words = plot.context.words
    clear = sum(effect.low > 0 or effect.high < 0 for effect in plot.effects if effect.se)
    return words(
        "caterpillar.alt",
        title=plot.title,
        count=numbers.count(len(plot.effects)),
        model=plot.model.label,
        highest=plot.named(plot.effects[0]),
        lowest=plot.named(plot.effects[-1]),
        clear=numbers.count(clear),
        intervals=numbers.count(sum(effect.se is not None for effect in plot.effects)),
    )


def _notes(plot: _Plot, options: Caterpillar.Options) -> Iterable[str]:
    words, count = plot.context.words, len(plot.effects)
    if options.note:
        yield options.note
    yield words("ranef.shrunken")
    if tall.density(count).stride > 1:
        shown = numbers.count(tall.density(count).labelled(count))
        yield words("caterpillar.labelled", shown=shown, count=numbers.count(count))
    yield from remarks([plot.model], words)


def _data(plot: _Plot) -> Iterable[tuple[str | float | None, ...]]:
    for effect in plot.effects:
        limits = (None, None) if effect.se is None else (effect.low, effect.high)
        yield (effect.label, effect.value, effect.se, *limits)
