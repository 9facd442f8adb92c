"""`plot: forest` — the estimates of several models with their intervals, a row a term."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.directions import direction_sentences
from reportgen.blocks.equations import apart
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.plots import estimates as numbers_of
from reportgen.blocks.plots import marking, rows, style
from reportgen.blocks.plots.estimates import Estimate
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.remarks import fitted, remarks
from reportgen.blocks.plots.scale import Scale
from reportgen.blocks.selection import several, untested
from reportgen.blocks.tables.options import CoefficientOptions, chosen
from reportgen.blocks.terms import TermRow, term_rows, titled
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

DODGE = 0.058
ROW = 0.2


@dataclass(frozen=True)
class _Plot:
    """Everything that is drawn and told of one forest plot."""

    terms: tuple[TermRow, ...]
    models: tuple[Model, ...]
    marks: tuple[Estimate, ...]
    ratio: str | None
    scale: Scale
    title: str
    context: Context

    @property
    def names(self) -> tuple[str, ...]:
        labels = model_labels(self.models)
        return tuple(labels[model.id] for model in self.models)

    def written(self, mark: Estimate) -> str:
        return numbers_of.written(mark, self.ratio, self.context.words)

    def named(self, mark: Estimate) -> str:
        """An estimate in a sentence: its term, its model where there are several, its numbers."""
        term, text = self.terms[mark.row].full, self.written(mark)
        if len(self.models) == 1:
            return self.context.words("forest.one", term=term, estimate=text)
        model = self.names[mark.model]
        return self.context.words("forest.one_of", term=term, model=model, estimate=text)


class Forest:
    """Estimates and intervals of one or several models; reference levels hollow at the null."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: forest`."""

        models: tuple[ModelName, ...] = option(doc="The models shown, in this order.")
        exponentiate: bool | Literal["auto"] = option(
            "auto",
            doc="Show odds ratios, rate ratios … on a logarithmic axis; `auto`: where every model "
            "has them.",
        )
        terms: tuple[str, ...] = option((), doc="Only these terms (columns or coefficients).")
        order: tuple[str, ...] = option((), doc="Terms that come first, in this order.")
        rename: dict[str, str] = option({}, doc="Labels for terms, columns or coefficients.")

    def check(self, options: Options) -> Iterable[Problem]:
        """A plot without models."""
        if not options.models:
            yield Problem("no-models", "a forest plot needs `models`", ("models",))

    def build(self, options: Options, context: Context) -> Figure:
        """The figure. FitError where every fit failed, SpecError where a term is in no model."""
        named = several(context, options.models)
        plot = _plot(fitted(named), options, context)
        words, models = context.words, joined(plot.names, context.words)
        notes = tuple(_notes(plot, options, named))
        return Figure(
            kind="forest",
            svg=draw(lambda sheet: _paint(sheet, plot), 1.0),
            alt=_alt(plot, models),
            caption=options.caption or words("forest.caption", models=models),
            columns=tuple(
                words(f"data.{name}") for name in ("term", "model", "estimate", "low", "high")
            ),
            rows=tuple(_data(plot)),
            notes=notes,
            abbreviations=occurring((plot.title, *plot.names, *notes), words),
        )


def _plot(models: tuple[Model, ...], options: Forest.Options, context: Context) -> _Plot:
    every = term_rows(models, context)
    given = CoefficientOptions(
        models=options.models, terms=options.terms, order=options.order, rename=options.rename
    )
    terms, _ = chosen(every, given)
    if not options.terms:
        terms = tuple(row for row in terms if row.kind != "intercept" and not apart(row.equation))
    if not terms:
        raise SpecError(Problem(
            "no-terms", "the models shown have no terms but the intercept", ("models",),
            help="show the intercept by `terms: [Intercept]`, or leave the plot out",
        ))  # fmt: skip
    terms = titled(terms, models, context)
    ratio = numbers_of.ratio_scale(models, options.exponentiate, context.words)
    marks = numbers_of.estimates(terms, models)
    title = numbers_of.title(models, ratio, context)
    axis = numbers_of.axis(marks, ratio, null=not untested(models))
    return _Plot(terms, models, marks, ratio, axis, title, context)


def _paint(sheet: Sheet, plot: _Plot) -> None:
    count = len(plot.models)
    marks = style.marks(count)
    made = rows.chart(sheet, _lines(plot), plot.scale, plot.title)
    if not untested(plot.models):
        rows.null_line(made.axes, 0.0)
    for found in plot.marks:
        mark = marks[found.model]
        at = made.middles[found.row] + DODGE * (found.model - (count - 1) / 2)
        if found.reference:
            marking.hollow(made.axes, found.value, at, mark)
            continue
        marking.interval(made.axes, found.low, found.high, at, colour=mark.colour, scale=plot.scale)
        if plot.scale.holds(found.value):
            marking.point(made.axes, found.value, at, mark)
    if count > 1:
        rows.legend(sheet, made.axes, plot.names, marks)


def _lines(plot: _Plot) -> list[rows.Line]:
    height = max(ROW, 0.1 + DODGE * len(plot.models))
    single = len(plot.models) == 1
    values = {mark.row: plot.written(mark) for mark in plot.marks if single and not mark.reference}
    return [
        rows.Line(
            term.label, ROW if term.kind in ("header", "equation") else height, term.indent,
            strong=term.kind == "equation", value=values.get(row, ""),
        )
        for row, term in enumerate(plot.terms)
    ]  # fmt: skip


def _alt(plot: _Plot, models: str) -> str:
    words = plot.context.words
    shown = [mark for mark in plot.marks if not mark.reference]
    if not shown:
        return words("forest.alt_none", models=models)
    count = len({mark.row for mark in shown})
    ends = {
        "highest": plot.named(max(shown, key=lambda mark: mark.value)),
        "lowest": plot.named(min(shown, key=lambda mark: mark.value)),
    }
    return words("forest.alt", title=plot.title, count=count, models=models, **ends)


def _notes(plot: _Plot, options: Forest.Options, named: Sequence[Model]) -> Iterable[str]:
    words = plot.context.words
    if options.note:
        yield options.note
    if any(mark.reference for mark in plot.marks):
        yield words("forest.hollow")
    outside = numbers_of.beyond(plot.marks, plot.scale)
    if outside:
        yield words("forest.beyond", estimates="; ".join(plot.named(mark) for mark in outside))
    elif any(not plot.scale.holds(end) for mark in plot.marks for end in (mark.low, mark.high)):
        yield words("forest.arrows")
    yield from direction_sentences(named, plot.context)
    yield from remarks(named, words)


def _data(plot: _Plot) -> Iterable[tuple[str | float | None, ...]]:
    """A row a mark, on the scale of the axis; a reference level has no limits."""
    for mark in plot.marks:
        value, low, high = numbers_of.plain(mark, plot.ratio)
        limits = (None, None) if mark.low == mark.high else (low, high)
        yield (plot.terms[mark.row].full, plot.names[mark.model], value, *limits)
