"""The Wald tests of `table: tests`: each term of a model whole, a row a term."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.equations import equation_of, plain_name, title
from reportgen.blocks.factors import factors
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.tables.cells import BLANK, Statistic, number
from reportgen.blocks.tables.findings import findings
from reportgen.blocks.tables.sentences import method_sentences
from reportgen.blocks.termtext import Texts
from reportgen.core import numbers
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.types import Model, Term, Wald
from reportgen.core.words import Words

NO_EFFECT = ("intercept", "threshold", "dispersion")
"""Kinds of terms whose being zero is no question."""


def wald_table(models: Sequence[Model], caption: str | None, context: Context) -> Table:
    """Statistic, null distribution and p of each term, a block a model; a term whose covariance is
    singular has "—".
    """
    words, labels = context.words, model_labels(models)
    found = findings(models, words)
    titles = labels if len(models) > 1 else dict.fromkeys(labels, "")
    blocks = tuple(
        RowBlock(
            _rows(model, context), titles[model.id], model.id,
            found.letters[model.id] if titles[model.id] else "",
        )
        for model in models
    )  # fmt: skip
    untested = any(cell.empty == "undefined" for block in blocks for row in block.rows
                   for cell in row.cells)  # fmt: skip
    return Table(
        kind="tests",
        columns=(
            Column(
                words("column.statistic"),
                "statistic",
                mark=found.letters[models[0].id] if len(models) == 1 else "",
            ),
            Column(words("tests.distribution"), "text"),
            Column(words("tests.p"), "p"),
        ),
        blocks=blocks,
        caption=caption or words("tests.terms", models=joined(list(labels.values()), words)),
        stub=words("tests.term"),
        notes=(
            words("tests.wald"),
            *((words("tests.interaction"),) if any(map(_marginal, models)) else ()),
            *method_sentences(models, context, ()),
            *((words("tests.no_test"),) if untested else ()),
        ),
        marks=found.marks,
    )


def wald_block(model: Model, columns: Sequence[Statistic], context: Context) -> RowBlock:
    """The tests of terms with several coefficients, for a table of one model's coefficients: the
    statistic in its first column, p in its own.
    """
    words, rows = context.words, []
    for term in _terms(model):
        test = model.result.wald.get(term.name)
        if test is None or len(term.coefs) < 2:
            continue
        cells = [BLANK] * len(columns)
        cells[0] = number(test.statistic, "statistic")
        if "p" in columns:
            cells[columns.index("p")] = number(test.p, "p")
        label = words(
            "tests.whole", term=term_label(model, term, context),
            distribution=_distribution(test, words),
        )  # fmt: skip
        rows.append(Row(label, tuple(cells)))
    return RowBlock(tuple(rows), title=words("tests.title"), name="tests")


def term_label(model: Model, term: Term, context: Context) -> str:
    """A term as a reader knows it: "Age (years)", "Age (years) × Sex"."""
    equation, words = equation_of(model, term), context.words
    texts = Texts(lambda column: context.variable(model, column), words)
    name = plain_name(equation, term.name)
    label = words("common.intercept")
    if term.kind != "intercept":
        label = " × ".join(texts.expression(factor.text) for factor in factors(name))
    if equation is None:
        return label
    return words("equation.full", equation=title(equation, model, context), label=label)


def _rows(model: Model, context: Context) -> tuple[Row, ...]:
    """A row a term, the intercept left out: that it is zero is seldom a question."""
    result = model.result
    if result.status == "failed":
        failed = (Cell(role="statistic", empty="failed"), Cell(), Cell())
        return (Row(model.label, failed),)
    return tuple(
        Row(term_label(model, term, context), _cells(result.wald.get(term.name), context))
        for term in _terms(model)
    )


def _terms(model: Model) -> tuple[Term, ...]:
    """The terms that are effects."""
    return tuple(term for term in model.result.terms if term.kind not in NO_EFFECT)


def _marginal(model: Model) -> bool:
    """Whether a variable has a term of its own beside an interaction that it takes part in."""
    terms = [set(term.variables) for term in _terms(model)]
    return any(one < other for one in terms for other in terms)


def _cells(test: Wald | None, context: Context) -> tuple[Cell, ...]:
    if test is None:
        return (Cell(role="statistic", empty="undefined"), Cell(), Cell())
    return (
        number(test.statistic, "statistic"),
        Cell(_distribution(test, context.words)),
        number(test.p, "p"),
    )


def _distribution(test: Wald, words: Words) -> str:
    if test.df_resid is None:
        return words("tests.chi", df=test.df)
    whole = float(test.df_resid).is_integer() or test.df_resid >= 100
    rest = numbers.fixed(test.df_resid, 0 if whole else 1)
    return words("tests.f", df=test.df, rest=rest)
