"""`table: compare` — models side by side, a row a term."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.captions import models_caption
from reportgen.blocks.directions import direction_sentences
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import Statistic
from reportgen.blocks.tables.findings import cell_findings
from reportgen.blocks.tables.fitrows import fit_rows
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
from reportgen.blocks.terms import TermRow, term_rows
from reportgen.core.document import Context, Table
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import option
from reportgen.core.types import Model
from reportgen.core.words import Words


class Compare:
    """Models side by side: a spanner a model, a row a term, random effects, fit."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(CoefficientOptions):
        """Keys of `table: compare`."""

        columns: tuple[Statistic, ...] = option(
            ("estimate", "ci"), doc="What is shown of each coefficient, in this order."
        )
        ratio: Literal["se"] | None = option(
            None, doc="`se`: a last column with each standard error over the first model's."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models; a column asked for twice."""
        if not options.models:
            yield Problem("no-models", "a comparison needs `models`", ("models",))
        yield from column_problems(options.columns)

    def build(self, options: Options, context: Context) -> Table:
        """The table. SpecError where a term is in no model, or a ratio has nothing to compare."""
        models = several(context, options.models)
        if options.ratio and len(models) < 2:
            raise SpecError(Problem(
                "ratio-of-one", "`ratio` compares models, and only one is shown", ("ratio",)
            ))  # fmt: skip
        rows, hidden = chosen(term_rows(models, context), options)
        fits = fit_rows(models, context, options.stats)
        found = cell_findings(models, rows, context.words)
        layout = Layout(
            panels(models, options.columns, options.exponentiate, found.letters),
            ratios=models[1:] if options.ratio else (),
            context=context,
        )
        blocks = (*layout.coefficients(rows), layout.random_effects(), layout.fit(fits))
        table = Table(
            kind="compare",
            columns=layout.columns(),
            blocks=tuple(block for block in blocks if block.rows),
            caption=options.caption or models_caption(models, context),
            notes=(
                *((options.note,) if options.note else ()),
                *method_sentences(models, context, fits),
                *direction_sentences(models, context),
                *self._sentences(models, options, hidden, context.words),
                *row_sentences(models, context.words),
                *target_sentences(models, context.words),
                *undefined_sentences(models, options.stats, context.words),
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
