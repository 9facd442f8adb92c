"""`table: model` — one fit, whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.captions import models_caption
from reportgen.blocks.directions import direction_sentences
from reportgen.blocks.selection import only, untested
from reportgen.blocks.tables.cells import Statistic
from reportgen.blocks.tables.equation import equation_lines
from reportgen.blocks.tables.findings import cell_findings
from reportgen.blocks.tables.fitrows import fit_rows
from reportgen.blocks.tables.inference import interval_sentences
from reportgen.blocks.tables.options import (
    CoefficientOptions,
    chosen,
    column_problems,
    one_model,
)
from reportgen.blocks.tables.sentences import (
    hidden_sentences,
    method_sentences,
    target_sentences,
    undefined_sentences,
)
from reportgen.blocks.tables.sidebyside import Layout, panels
from reportgen.blocks.tables.waldtests import wald_block
from reportgen.blocks.terms import term_rows
from reportgen.core.contracts import Plans
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import option

TESTED: tuple[Statistic, ...] = ("estimate", "se", "ci", "p")
ESTIMATED: tuple[Statistic, ...] = ("estimate", "se", "ci", "deff", "n")


class Model:
    """One model whole: coefficients, random effects, fit."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(CoefficientOptions):
        """Keys of `table: model`."""

        columns: tuple[Statistic, ...] | None = option(
            None, doc="What is shown of each coefficient, in this order: `[estimate, se, ci, p]` "
            "where not given, `[estimate, se, ci, deff, n]` for the estimates of a survey."
        )  # fmt: skip

        tests: bool = option(
            False, doc="Wald tests of the terms that have several coefficients, below them."
        )

        equation: bool = option(
            False, doc="The fitted equation with names and numbers, below the table."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model; a column asked for twice."""
        yield from one_model(options.models)
        if options.columns is not None:
            yield from column_problems(options.columns)

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Names that mean several models."""
        return suiting.one(plans, options.models)

    def build(self, options: Options, context: Context) -> Table:
        """The table. SpecError where a term is not in the model, FitError where the fit failed."""
        models, words = (only(context, options.models),), context.words
        rows, hidden = chosen(term_rows(models, context), options)
        fits = fit_rows(models, context, options.stats)
        found = cell_findings(models, rows, words)
        columns = options.columns or (ESTIMATED if untested(models) else TESTED)
        shown = panels(models, columns, options.exponentiate, found.letters)
        layout = Layout(shown, (), context)
        tests = wald_block(models[0], columns, context) if options.tests else RowBlock(())
        blocks = (*layout.coefficients(rows), tests, layout.random_effects(), layout.fit(fits))
        table = Table(
            kind="model",
            columns=layout.columns(),
            blocks=tuple(block for block in blocks if block.rows),
            caption=options.caption or models_caption(models, context),
            notes=(
                *((options.note,) if options.note else ()),
                *method_sentences(models, context, fits),
                *direction_sentences(models, context),
                *(interval_sentences(models, words) if "ci" in columns else ()),
                *target_sentences(models, words),
                *hidden_sentences(hidden, words),
                *undefined_sentences(models, options.stats, words),
            ),
            marks=found.marks,
            confidence=models[0].result.confidence,
            equation=equation_lines(models[0], context) if options.equation else (),
        )
        return abbreviated(table, words)
