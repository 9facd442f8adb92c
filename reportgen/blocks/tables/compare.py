"""`table: compare` — models side by side, a row a term."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.captions import models_caption
from reportgen.blocks.directions import direction_sentences
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import Statistic
from reportgen.blocks.tables.findings import cell_findings
from reportgen.blocks.tables.fitrows import FitRow, fit_rows
from reportgen.blocks.tables.inference import interval_sentences
from reportgen.blocks.tables.options import CoefficientOptions, chosen, column_problems
from reportgen.blocks.tables.sentences import (
    hidden_sentences,
    method_sentences,
    row_sentences,
    target_sentences,
    undefined_sentences,
)
from reportgen.blocks.tables.sidebyside import Layout, panels, scale_of
from reportgen.blocks.tables.stacking import Group, blocks, columns, rows_within
from reportgen.blocks.terms import TermRow, term_rows
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Table
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import ModelName, option
from reportgen.core.types import Model
from reportgen.core.words import Words


class Compare:
    """Models side by side: a spanner a model, a row a term, random effects, fit."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(CoefficientOptions):
        """Keys of `table: compare`."""

        models: tuple[ModelName, ...] = option((), doc="The models shown, in this order.")
        panels: dict[str, tuple[ModelName, ...]] = option(
            {}, doc="Instead of `models`: groups of models one above the other, by their titles.",
            examples=("{Systolic: [sbp_ols, sbp_gee], Diastolic: [dbp_ols, dbp_gee]}",),
        )  # fmt: skip
        columns: tuple[Statistic, ...] = option(
            ("estimate", "ci"), doc="What is shown of each coefficient, in this order."
        )
        ratio: Literal["se"] | None = option(
            None,
            doc="`se`: a last column with each standard error over the first model's.",
        )
        stars: bool = option(
            False, doc="Stars beside estimates: * p < 0.05, ** p < 0.01, *** p < 0.001."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models, or with both ways of naming them; a column asked for twice."""
        if not options.models and not options.panels:
            yield Problem(
                "no-models", "a comparison needs `models`, or `panels` of them", ("models",)
            )
        if options.models and options.panels:
            yield Problem("two-ways", "models stand in `models` or in `panels`", ("panels",))
        for title, names in options.panels.items():
            if not names:
                yield Problem("no-models", f"the panel `{title}` has no models", ("panels", title))
        yield from column_problems(options.columns)
        if options.stars and "estimate" not in options.columns:
            yield Problem("no-estimate", "`stars` stand beside the estimate", ("stars",))

    def build(self, options: Options, context: Context) -> Table:
        """The table. SpecError where a term is in no model, or a ratio has nothing to compare."""
        named = {
            title: several(context, names)
            for title, names in (options.panels or {"": options.models}).items()
        }
        models = tuple({model.id: model for own in named.values() for model in own}.values())
        _check_ratio(options, named)
        rows, hidden = chosen(term_rows(models, context), options)
        fits = fit_rows(models, context, options.stats)
        found = cell_findings(models, rows, context.words)
        groups = tuple(
            Group(
                title,
                Layout(
                    panels(
                        own, options.columns, options.exponentiate, found.letters, options.stars
                    ),
                    ratios=own[1:] if options.ratio else (),
                    context=context,
                ),
                rows if own == models else rows_within(rows, [model.id for model in own]),
                fits if own == models else _of(fits, [models.index(model) for model in own]),
            )
            for title, own in named.items()
        )
        table = Table(
            kind="compare",
            columns=columns(groups, context.words),
            blocks=blocks(groups, context.words),
            caption=options.caption or models_caption(models, context),
            notes=(
                *((options.note,) if options.note else ()),
                *method_sentences(models, context, fits),
                *direction_sentences(models, context),
                *self._sentences(models, options, hidden, context.words),
                *row_sentences(models, context.words),
                *target_sentences(models, context.words),
                *undefined_sentences(models, options.stats, context.words),
                *((context.words("compare.stars"),) if options.stars else ()),
            ),
            marks=found.marks,
            confidence=models[0].result.confidence,
        )
        return abbreviated(table, context.words)

    def _sentences(
        self,
        models: Sequence[Model],
        options: Options,
        hidden: Sequence[TermRow],
        words: Words,
    ) -> Iterable[str]:
        labels = model_labels(models)
        if "ci" in options.columns:
            yield from interval_sentences(models, words)
        yield from hidden_sentences(hidden, words)
        linear = [
            labels[model.id]
            for model in models
            if model.result.status != "failed" and scale_of(model) is None
        ]
        if options.exponentiate is True and linear:
            yield words("compare.not_exponentiated", models=joined(linear, words))
        if options.ratio and len(models) > 2:
            yield words("compare.se_ratio", first=labels[models[0].id])


def _of(fits: Sequence[FitRow], places: Sequence[int]) -> tuple[FitRow, ...]:
    """The statistics of some of the models; without those that none of them has."""
    own = (replace(row, cells=tuple(row.cells[place] for place in places)) for row in fits)
    return tuple(row for row in own if any(cell.empty is None for cell in row.cells))


def _check_ratio(options: Compare.Options, named: Mapping[str, Sequence[Model]]) -> None:
    sizes = {len(own) for own in named.values()}
    if options.ratio and min(sizes) < 2:
        raise SpecError(Problem(
            "ratio-of-one", "`ratio` compares models, and only one is shown", ("ratio",)
        ))  # fmt: skip
    if options.ratio and len(sizes) > 1:
        raise SpecError(Problem(
            "uneven-panels", "`ratio` needs as many models in each of the `panels`", ("ratio",)
        ))  # fmt: skip
