"""`plot: icc` — the intraclass correlations of several models, a point a model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.lists import Group, grouped
from reportgen.blocks.naming import few
from reportgen.blocks.plots import marking, rows, scale, style
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.icccurve import curves
from reportgen.blocks.plots.remarks import fitted, remarks
from reportgen.blocks.plots.scale import Scale
from reportgen.blocks.selection import several
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, Column, ModelName, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Model
from reportgen.core.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

ROW = 0.185
MOST_ROWS = 36
"""So many rows fill a page; where there are more, lists are drawn on one row each."""

MOST_STROKES = 500
"""More models than these on one row are drawn as an image."""


@dataclass(frozen=True)
class _Row:
    """A row of the plot: one model, the members of a list on one line, or the name of a list."""

    label: str
    values: tuple[float, ...] = ()
    indent: int = 0

    def written(self, words: Words) -> str:
        if not self.values:
            return ""
        low, high = (numbers.bounded(end(self.values), 3) for end in (min, max))
        return low if len(self.values) == 1 else words("plot_icc.range", low=low, high=high)


class Icc:
    """Intraclass correlations, members of a list below its name."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: icc`."""

        models: tuple[ModelName, ...] = option(doc="The models shown, in this order.")
        x: Column | None = option(
            None, doc="A covariate whose slope varies: the correlation is drawn along it."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A plot without models."""
        if not options.models:
            yield Problem("no-models", "a plot of intraclass correlations needs `models`",
                          ("models",))  # fmt: skip

    def build(self, options: Options, context: Context) -> Figure:
        """The figure. FitError where every fit failed, or none has an intraclass correlation."""
        named, words = several(context, options.models), context.words
        if options.x is not None:
            return curves(named, options.x, options.caption, options.note, context)
        models = _having(fitted(named))
        groups = grouped(models, context)
        lines, title = _rows(groups, words), words("plot_icc.title")
        axis = _axis([_icc(model) for model in models])
        notes = tuple(_notes(named, lines, options, context))
        return Figure(
            kind="icc",
            svg=draw(lambda sheet: _paint(sheet, lines, axis, context), 1.0),
            alt=_alt(groups, words),
            caption=options.caption or words("plot_icc.caption"),
            columns=tuple(words(f"data.{name}") for name in ("list", "model", "icc")),
            rows=tuple(
                (group.label or group.name, name, _icc(model))
                for group in groups
                for model, name in zip(group.models, group.names, strict=True)
            ),
            notes=notes,
            abbreviations=occurring((title, *(line.label for line in lines), *notes), words),
        )


def _has(model: Model) -> bool:
    return model.result.icc is not None and math.isfinite(model.result.icc)


def _icc(model: Model) -> float:
    assert model.result.icc is not None  # `_having` has seen to it
    return model.result.icc


def _having(models: Sequence[Model]) -> tuple[Model, ...]:
    """The models that have an intraclass correlation. FitError where none has."""
    found = tuple(model for model in models if _has(model))
    if not found:
        help = "show a model with an exchangeable correlation or a random intercept"
        raise unfit(say("no-icc"), ("models",), help=help)
    return found


def _axis(values: Sequence[float]) -> Scale:
    """A linear axis that holds zero; up to 1, the most there can be, where some value is large."""
    high = max(0.0, *values)
    low = min(0.0, *values)
    return scale.linear(low, 1.0 if high > 0.5 or high == low else high)


def _rows(groups: Sequence[Group], words: Words) -> tuple[_Row, ...]:
    """A row a model, a row for a list of numbered copies; where that is more than a page holds
    the longest lists get a row each.
    """
    packed = {group.name for group in groups if group.copies}
    for group in sorted(groups, key=lambda group: -len(group.models)):
        made = [row for each in groups for row in _of(each, each.name in packed, words)]
        if len(made) <= MOST_ROWS or not group.name:
            break
        packed.add(group.name)
    return tuple(row for group in groups for row in _of(group, group.name in packed, words))


def _of(group: Group, packed: bool, words: Words) -> Iterable[_Row]:
    values = tuple(_icc(model) for model in group.models)
    if packed:
        label, count = group.called(words), numbers.count(len(values))
        yield _Row(words("plot_icc.list", label=label, count=count), values)
        return
    if group.label:
        yield _Row(group.label)
    for name, value in zip(group.names, values, strict=True):
        yield _Row(name, (value,), 1 if group.label else 0)


def _paint(sheet: Sheet, lines: Sequence[_Row], axis: Scale, context: Context) -> None:
    words = context.words
    made = rows.chart(
        sheet,
        [rows.Line(line.label, ROW, line.indent, value=line.written(words)) for line in lines],
        axis,
        words("plot_icc.title"),
    )
    rows.null_line(made.axes, 0.0)
    mark = style.Mark(style.ACCENT, "o")
    for line, middle in zip(lines, made.middles, strict=True):
        if len(line.values) == 1:
            marking.point(made.axes, line.values[0], middle, mark)
        elif line.values:
            _strokes(made.axes, line.values, middle)


def _strokes(axes: Axes, values: Sequence[float], at: float) -> None:
    """Many models on one row: a thin stroke each, darker where they lie close."""
    axes.plot(
        values, [at] * len(values), color=style.ACCENT, marker="|", markersize=8.0,
        markeredgewidth=0.7, alpha=max(0.1, min(0.6, 60 / len(values))), linestyle="none",
        clip_on=False, rasterized=len(values) > MOST_STROKES,
    )  # fmt: skip


def _alt(groups: Sequence[Group], words: Words) -> str:
    """The extremes of all models, and of each list."""
    named = [
        (
            _icc(model),
            words("plot.pair", label=group.label, detail=name) if _headed(group) else name,
        )
        for group in groups
        for model, name in zip(group.models, group.names, strict=True)
    ]
    texts = {value: words("plot_icc.named", model=name, icc=numbers.bounded(value, 3))
             for value, name in reversed(named)}  # fmt: skip
    if len(named) == 1:
        value, name = named[0]
        return words("plot_icc.alt_one", model=name, icc=numbers.bounded(value, 3))
    highest, lowest = texts[max(texts)], texts[min(texts)]
    whole = words("plot_icc.alt", count=numbers.count(len(named)), highest=highest, lowest=lowest)
    return " ".join([whole, *(_span(group, words) for group in groups if group.name)])


def _headed(group: Group) -> bool:
    """Whether the name of a member says too little without that of its list."""
    return bool(group.label) and not group.numbered


def _span(group: Group, words: Words) -> str:
    values = [_icc(model) for model in group.models]
    low, high = (numbers.bounded(end(values), 3) for end in (min, max))
    return words("plot_icc.alt_list", label=group.called(words), low=low, high=high)


def _notes(
    named: Sequence[Model], lines: Sequence[_Row], options: Icc.Options, context: Context
) -> Iterable[str]:
    words = context.words
    if options.note:
        yield options.note
    if any(len(line.values) > 1 for line in lines):
        yield words("plot_icc.strokes")
    shown = [model for model in named if _has(model)]
    definitions: dict[str, list[Model]] = {}
    for model in shown:
        definitions.setdefault(_definition(model), []).append(model)
    if len(definitions) > 1 or "latent" in definitions:
        for name, models in definitions.items():
            yield words(f"plot_icc.{name}", models=_names(models, context))
    absent = [model for model in named if not _has(model) and model.result.status != "failed"]
    if absent:
        yield words("plot_icc.absent", models=_names(absent, context))
    yield from remarks(named, words)


def _names(models: Sequence[Model], context: Context) -> str:
    """The models in few words, a list by its own name."""
    texts = [group.called(context.words) for group in grouped(models, context)]
    return few(texts, context.words)


def _definition(model: Model) -> str:
    """What the correlation of a model is: a name in the words of this plot."""
    method = model.result.method
    if method is None or method.estimator == "gee":
        return "working"
    return "share" if method.link == "identity" else "latent"
