"""`table: imputation` — what of each coefficient rests on imputed values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import column_text, joined, lowered
from reportgen.blocks.selection import only
from reportgen.blocks.tables.cells import Statistic
from reportgen.blocks.tables.findings import cell_findings
from reportgen.blocks.tables.imputations import imputation_sentences
from reportgen.blocks.tables.options import CoefficientOptions, chosen, one_model
from reportgen.blocks.tables.sentences import hidden_sentences
from reportgen.blocks.tables.sidebyside import Layout, panels
from reportgen.blocks.terms import term_rows
from reportgen.core import numbers
from reportgen.core.contracts import Plans
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Table
from reportgen.core.errors import Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_model, say
from reportgen.core.types import Model

COLUMNS: tuple[Statistic, ...] = ("estimate", "se", "within", "between", "df", "riv", "fmi")


class Imputation:
    """One model whose missing values were imputed: how the copies differ, coefficient by
    coefficient.
    """

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(CoefficientOptions):
        """Keys of `table: imputation`."""

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model."""
        yield from one_model(options.models)

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Names that mean several models."""
        return suiting.one(plans, options.models)

    def build(self, options: Options, context: Context) -> Table:
        """The table. FitError where the fit failed or nothing was imputed."""
        model, words = only(context, options.models), context.words
        if not model.result.imputed:
            help = "a model asks for it by `impute`"
            raise unfit(say("not-imputed", model=named_model(model.id)), ("models",), help=help)
        rows, hidden = chosen(term_rows((model,), context), options)
        found = cell_findings((model,), rows, words)
        shown = panels((model,), COLUMNS, options.exponentiate, found.letters)
        layout = Layout(shown, (), context)
        table = Table(
            kind="imputation",
            columns=layout.columns(),
            blocks=tuple(layout.coefficients(rows)),
            caption=options.caption or words("imputation.caption", model=model.label),
            notes=(
                *((options.note,) if options.note else ()),
                *imputation_sentences((model,), context),
                _counts(model, context),
                *hidden_sentences(hidden, words),
            ),
            marks=found.marks,
            confidence=model.result.confidence,
        )
        return abbreviated(table, words)


def _counts(model: Model, context: Context) -> str:
    """How many values of each column were imputed."""
    texts = [
        context.words(
            "imputation.column", label=lowered(column_text(context, model, name)),
            count=numbers.count(count),
        )
        for name, count in model.result.imputed.items()
    ]  # fmt: skip
    return context.words("imputation.counts", columns=joined(texts, context.words))
