"""`table: tests` — likelihood-ratio tests between nested models, or Wald tests of terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.nested import LikelihoodRatio, Refusal, likelihood_ratio, parameters
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import BLANK, number
from reportgen.blocks.tables.findings import Findings, finding_texts, lettered
from reportgen.blocks.tables.fitrows import defined
from reportgen.blocks.tables.waldtests import wald_table
from reportgen.core import numbers
from reportgen.core.contracts import Plans
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Row, RowBlock, Table
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model
from reportgen.core.words import Words

Outcome = LikelihoodRatio | Refusal | None
"""What a row says of its test; None in the first row, which has none above it."""


class Tests:
    """Each model against the one above it by likelihood ratio, or the terms of models."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: tests`."""

        compare: tuple[ModelName, ...] = option(
            (), doc="Nested models in order, each tested against the one before it."
        )
        models: tuple[ModelName, ...] = option(
            (), doc="Instead: models whose terms are tested whole, by Wald tests."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing to test, or two kinds of tests at once."""
        if not options.compare and not options.models:
            yield Problem(
                "no-models", "tests need nested models to `compare`, or `models` whose terms they "
                "test", ("compare",),
            )  # fmt: skip
        if options.compare and options.models:
            yield Problem(
                "two-tests", "likelihood-ratio tests (`compare`) and tests of terms (`models`) are "
                "two tables", ("models",),
            )  # fmt: skip

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Fewer than two models to compare."""
        found = [plan for name in options.compare for plan in plans.select([name])]
        if options.compare and len(found) == 1 and not found[0].by:
            yield _too_few(1)

    def build(self, options: Options, context: Context) -> Table:
        """The table; a pair that cannot be tested has "—" and the reason below."""
        if options.models:
            return _terms(options, context)
        models = [model for name in options.compare for model in context.select([name])]
        if len(models) < 2:
            raise SpecError(_too_few(len(models)))
        words, labels = context.words, model_labels(models)
        tests = [None, *(likelihood_ratio(one, other) for one, other in pairwise(models))]
        found = _findings(models, tests, words)
        rows = tuple(
            Row(
                labels[model.id],
                (
                    *_known(model, found.letters[position, "model"]),
                    *_tested(test, found.letters[position, "test"], words),
                ),
            )
            for position, (model, test) in enumerate(zip(models, tests, strict=True))
        )
        table = Table(
            kind="tests",
            columns=_columns(words),
            blocks=(RowBlock(rows, name="tests"),),
            caption=options.caption
            or words("tests.caption", models=joined(list(labels.values()), words)),
            stub=words("tests.model"),
            notes=(
                *((options.note,) if options.note else ()),
                *_notes(tests, words),
                *_restricted(models, tests, labels, words),
            ),
            marks=found.marks,
        )
        return abbreviated(table, words)


def _too_few(count: int) -> Problem:
    return Problem(
        "test-of-one", f"a test needs two models, and `compare` names {count}", ("compare",)
    )


def _terms(options: Tests.Options, context: Context) -> Table:
    table = wald_table(several(context, options.models), options.caption, context)
    notes = (*((options.note,) if options.note else ()), *table.notes)
    return abbreviated(replace(table, notes=notes), context.words)


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words("fit.llf"), "likelihood"),
        Column(words("fit.parameters"), "count"),
        Column(words("tests.statistic"), "statistic"),
        Column(words("tests.df"), "df"),
        Column(words("tests.null"), "text"),
        Column(words("tests.p"), "p"),
    )


def _known(model: Model, mark: str) -> tuple[Cell, ...]:
    """Log-likelihood and number of parameters of one model."""
    result = model.result
    if result.status == "failed":
        return Cell(role="likelihood", empty="failed", mark=mark), Cell(
            role="count", empty="failed"
        )
    llf = result.stats.get("llf") if defined("llf", model) else None
    return (
        replace(number(llf, "likelihood"), mark=mark),
        Cell(parameters(result), "count"),
    )


def _tested(test: Outcome, mark: str, words: Words) -> tuple[Cell, ...]:
    if test is None:
        return (BLANK,) * 4
    if isinstance(test, Refusal):
        return (Cell(role="statistic", empty="undefined", mark=mark), BLANK, BLANK, BLANK)
    return (
        Cell(test.statistic, "statistic"),
        Cell(test.df, "df"),
        Cell(_null(test, words), mark=mark),
        Cell(test.p, "p"),
    )


def _null(test: LikelihoodRatio, words: Words) -> str:
    if len(test.weights) == 1:
        return words("tests.chi", df=test.df)
    low, high = sorted(test.weights)
    return words("tests.mixture", low=low, high=high)


def _findings(
    models: Sequence[Model], tests: Sequence[Outcome], words: Words
) -> Findings[tuple[int, str]]:
    """What is to be said of each model and of each test, by its row."""
    labels, texts = model_labels(models), {}
    for position, (model, test) in enumerate(zip(models, tests, strict=True)):
        label = labels[model.id]
        texts[position, "model"] = finding_texts(model, label, words)
        texts[position, "test"] = _test_texts(test, label, labels, words)
    return lettered(texts)


def _test_texts(test: Outcome, label: str, labels: Mapping[str, str], words: Words) -> list[str]:
    if isinstance(test, Refusal):
        return [words("tests.refused", model=label, reason=_reason(test, labels, words))]
    if test is not None and test.conservative:
        return [words("tests.conservative", model=label)]
    return []


def _reason(refusal: Refusal, labels: Mapping[str, str], words: Words) -> str:
    names = [labels[model.id] for model in refusal.models]
    values = dict(zip(("model", "other"), names, strict=False))
    if refusal.word == "other_likelihood":
        estimators = [
            words.get(f"estimator.{method.estimator}", method.estimator)
            for model in refusal.models
            if (method := model.result.method)
        ]
        values = dict(zip(("first", "second"), estimators, strict=True))
    return words(f"tests.{refusal.word}", **values)


def _notes(tests: Sequence[Outcome], words: Words) -> Iterable[str]:
    if any(isinstance(test, LikelihoodRatio) for test in tests):
        yield words("tests.against_previous")
    if any(isinstance(test, LikelihoodRatio) and len(test.weights) > 1 for test in tests):
        yield words("tests.boundary")


def _restricted(
    models: Sequence[Model], tests: Sequence[Outcome], labels: Mapping[str, str], words: Words
) -> Iterable[str]:
    """Which likelihood of least squares a REML fit was compared with."""
    pairs = [None, *pairwise(models)]
    for pair, test in zip(pairs, tests, strict=True):
        if pair and isinstance(test, LikelihoodRatio) and test.restricted is not None:
            few, many = sorted(pair, key=lambda model: parameters(model.result))
            llf = numbers.fixed(test.restricted, 1)
            yield words("tests.restricted", model=labels[many.id], other=labels[few.id], llf=llf)
