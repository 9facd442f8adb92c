"""`plot: qq` — whether residuals, or predicted random effects, are spread as normal ones are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import lowered
from reportgen.blocks.plots import clusters, scale, style
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.plane import Axis, plane
from reportgen.blocks.plots.remarks import remarks
from reportgen.blocks.plots.residuals import residual_text
from reportgen.blocks.randomeffects import chosen_effect
from reportgen.blocks.selection import answer, only
from reportgen.blocks.suiting import not_normal
from reportgen.blocks.tables.components import what
from reportgen.core import numbers
from reportgen.core.contracts import Plans, Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import FitError, Problem, SpecError
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_model, say
from reportgen.core.types import Model, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

MOST_MARKS = 500
"""More points than these are drawn as an image; those of residuals always."""
EACH = 5
MOST_ROWS = 99


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told; `of` as the author wrote it."""

    model: Model
    held: Result
    of: Literal["residuals", "ranef"]
    y: str
    context: Context

    def __getitem__(self, name: str) -> tuple[float, ...]:
        """The points: `normal`, `value`, `low`, `high`."""
        return self.held.observations[name]

    def stat(self, name: str) -> float:
        """`center` and `scale` of the line, how many values are `outside`."""
        return self.held.stats[name] or 0.0


class Qq:
    """Sorted values against normal quantiles, with the envelope of a normal sample."""

    observes: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: qq`."""

        models: tuple[ModelName, ...] = option(doc="The model, one.")
        of: Literal["residuals", "ranef"] = option(
            "residuals", doc="What is looked at: residuals, or predicted random effects."
        )
        effect: str | None = option(
            None, doc="The random effect, with `of: ranef`; the model's first where not given."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model; an effect of residuals."""
        yield from clusters.one_model(options.models)
        if options.effect is not None and options.of == "residuals":
            yield Problem(
                "no-effect", "`effect` names a random effect", ("effect",), help="add `of: ranef`"
            )

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Several models; random effects of one that has none; residuals of a yes or a no."""
        yield from suiting.one(plans, options.models)
        check = suiting.with_effects if options.of == "ranef" else suiting.normal
        yield from check(plans, options.models)

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The quantiles. SpecError for residuals that no model says are normal."""
        found = context.select(options.models)
        if len(found) != 1 or found[0].result.status == "failed":
            return {}
        model = found[0]
        asked: dict[str, str] = {"of": options.of}
        if options.of == "residuals":
            _check_residuals(model)
        else:
            try:
                asked["effect"] = chosen_effect(model, options.effect)
            except FitError:
                return {}
        return {"quantiles": Request("quantiles", asked, of=model.id)}

    def build(self, options: Options, context: Context) -> Figure:
        """The figure; its data are quantiles, not the people. FitError where there is nothing."""
        plot, words = _plot(options, context), context.words
        notes = tuple(_notes(options, plot))
        x = words("qq.normal")
        return Figure(
            kind="qq",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot),
            caption=options.caption or words(f"qq.caption_{options.of}", model=plot.model.label),
            columns=(x, plot.y, *(words(f"qq.{name}") for name in ("low", "high"))),
            rows=tuple(_rows(plot)),
            notes=notes,
            abbreviations=occurring((plot.y, plot.model.label, *notes), words),
        )


def _check_residuals(model: Model) -> None:
    method = model.result.method
    family = method.family if method else "gaussian"
    if family in ("binomial", "multinomial") or model.result.events is not None:
        raise SpecError(not_normal(model.id))


def _plot(options: Qq.Options, context: Context) -> _Plot:
    model = only(context, options.models)
    if options.of == "ranef":
        name = chosen_effect(model, options.effect)
        label = context.words("qq.effect", what=_effect(model, name, context))
    else:
        label = residual_text(context, model)
        if not model.result.observations.get("residual"):
            raise unfit(say("no-residuals", model=named_model(model.id)), ("models",))
    return _Plot(model, answer(context, "quantiles"), options.of, label, context)


def _effect(model: Model, name: str, context: Context) -> str:
    return lowered(what(name, model, context))


def _paint(sheet: Sheet, plot: _Plot) -> None:
    words, normal = plot.context.words, plot["normal"]
    least = min(*plot["value"], *plot["low"][len(normal) // 20 :])
    most = max(*plot["value"], *plot["high"][: len(normal) - len(normal) // 20])
    axes = plane(
        sheet,
        Axis(scale.linear(normal[0], normal[-1]), words("qq.normal")),
        Axis(scale.linear(least, most), plot.y),
    )
    axes.fill_between(
        normal, plot["low"], plot["high"], color=style.MUTED, alpha=0.2, linewidth=0, zorder=1.2
    )
    ends = (normal[0], normal[-1])
    axes.plot(
        ends, [plot.stat("center") + plot.stat("scale") * end for end in ends], color=style.INK,
        linewidth=0.9, zorder=1.5,
    )  # fmt: skip
    many = plot.of == "residuals" or len(normal) > MOST_MARKS
    axes.plot(
        normal, plot["value"], linestyle="none", marker="o", markersize=3.0, markeredgewidth=0,
        color=style.ACCENT, alpha=0.7, rasterized=many, zorder=2.5, clip_on=False,
    )  # fmt: skip


def _rows(plot: _Plot) -> Iterable[tuple[float, ...]]:
    """Random effects as they are; of residuals up to 99 quantiles, each of five values or more."""
    names = ("normal", "value", "low", "high")
    points = tuple(zip(*(plot[name] for name in names), strict=True))
    if plot.of == "ranef":
        return points
    count = max(1, min(MOST_ROWS, len(points) // EACH))
    places = [len(points) * (each + 1) // (count + 1) for each in range(count)]
    return [points[min(place, len(points) - 1)] for place in places]


def _alt(plot: _Plot) -> str:
    value, normal = plot["value"], plot["normal"]

    def text(number: float) -> str:
        return numbers.significant(number, 3)

    def line(at: float) -> str:
        return text(plot.stat("center") + plot.stat("scale") * at)

    return plot.context.words(
        "qq.alt", label=plot.y, model=plot.model.label, count=numbers.count(plot.held.n),
        least=text(value[0]), least_line=line(normal[0]), most=text(value[-1]),
        most_line=line(normal[-1]), outside=numbers.count(plot.stat("outside")),
    )  # fmt: skip


def _notes(options: Qq.Options, plot: _Plot) -> Iterable[str]:
    words, method = plot.context.words, plot.model.result.method
    if options.note:
        yield options.note
    level = numbers.level(plot.held.confidence)
    yield words("qq.envelope", level=level, outside=numbers.count(plot.stat("outside")),
                count=numbers.count(plot.held.n))  # fmt: skip
    if plot.of == "ranef":
        yield words("qq.shrunken")
    elif method is not None and method.family not in ("gaussian", "normal"):
        yield words("qq.roughly")
    yield from remarks([plot.model], words)
