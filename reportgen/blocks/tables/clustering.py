"""`table: clustering` — what each way of respecting clusters does to every standard error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal, get_args

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import clusters_text, joined, model_labels, outcome_text
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import BLANK, exponential, number
from reportgen.blocks.tables.conclusions import Conclusions, conclusions, slope_sentences
from reportgen.blocks.tables.findings import finding_texts, lettered
from reportgen.blocks.tables.sentences import row_sentences, target_sentences
from reportgen.blocks.tables.ways import KINDS, no_ways, requests, side_by_side
from reportgen.blocks.terms import TermRow, term_rows
from reportgen.core import numbers
from reportgen.core.contracts import Plans, Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Context, Row, RowBlock, Table
from reportgen.core.document import Column as Head
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import BlockOptions, Column, Effects, ModelName, option
from reportgen.core.types import Coef, Model
from reportgen.core.words import Words

Panel = Literal["se", "ratio", "deff", "estimate", "p"]
PANELS: tuple[Panel, ...] = get_args(Panel)


class Clustering:
    """One formula fitted in every way: standard errors, design effects and conclusions."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: clustering`."""

        models: tuple[ModelName, ...] = option(
            doc="The first gives formula, data and clusters; fits that are not among the others "
            "are made for the table, and others that are none of its own are shown beside them."
        )
        groups: Column | None = option(
            None, doc="The column that names the clusters, where no model names it."
        )
        re_formula: Effects | None = option(
            None, doc="Random effects of a last column, a random slope.", examples=("1 + age",)
        )
        show: tuple[Panel, ...] = option(
            PANELS,
            doc="What is shown of each coefficient: `se`, its `ratio` to the first column, the "
            "design effect `deff` (the square of that), `estimate`, `p`.",
        )
        exponentiate: bool = option(
            False, doc="Show estimates as odds ratios, rate ratios … where that has a meaning."
        )
        terms: tuple[str, ...] = option(
            (), doc="Only these terms (columns, terms or coefficients)."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models or without anything to show."""
        for key in ("models", "show"):
            if not getattr(options, key):
                yield Problem(f"no-{key}", f"`table: clustering` needs `{key}`", (key,))

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """A first model of a kind that is not fitted in several ways."""
        for base in plans.select(options.models)[:1]:
            if base.kind not in KINDS:
                yield no_ways(base.id, base.kind)

    def requests(self, options: Options, context: Context) -> Mapping[str, Request]:
        """The fits that the spec does not make itself."""
        models = several(context, options.models)
        return requests(models, options.groups, options.re_formula)

    def build(self, options: Options, context: Context) -> Table:
        """The table. SpecError where a term is in none of the fits."""
        named, words = several(context, options.models), context.words
        models = side_by_side(context, named, options.groups, options.re_formula)
        rows = _chosen(term_rows(models, context), options.terms)
        found = conclusions(models, rows, words)
        labels = model_labels(models)
        texts = {model.id: finding_texts(model, labels[model.id], words) for model in models}
        marks = lettered({**texts, **{row.full: [text] for row, text in found.changed}})
        layout = _Layout(models, rows, found, marks.letters, options)
        table = Table(
            kind="clustering",
            columns=tuple(
                Head(labels[model.id], "se", mark=marks.letters[model.id]) for model in models
            ),
            blocks=tuple(
                RowBlock(
                    tuple(layout.rows(panel)), words(f"clustering.panel_{_title(panel, options)}"),
                    panel,
                )
                for panel in options.show
            ),
            caption=options.caption
            or words("clustering.caption", outcome=outcome_text(context, named[0])),
            notes=(
                *((options.note,) if options.note else ()),
                *_sentences(models, found, options, context),
                *slope_sentences(models, rows, words),
            ),
            marks=marks.marks,
            confidence=named[0].result.confidence,
        )  # fmt: skip
        return abbreviated(table, words)


@dataclass(frozen=True)
class _Layout:
    """The rows of every panel: a cell for each way."""

    models: Sequence[Model]
    terms: Sequence[TermRow]
    found: Conclusions
    letters: Mapping[str, str]
    options: Clustering.Options

    def rows(self, panel: Panel) -> Iterator[Row]:
        """The rows of one panel; reference levels stand beside estimates alone."""
        for term in self.terms:
            if term.kind == "header":
                yield Row(term.label, header=True)
            elif term.kind == "reference":
                if panel == "estimate":
                    yield Row(term.label, self._references(term), 1)
            else:
                cells = tuple(self._cell(panel, term, model) for model in self.models)
                yield Row(term.label, cells, term.indent)

    def _references(self, term: TermRow) -> tuple[Cell, ...]:
        return tuple(
            Cell(empty="reference") if model.id in term.references else BLANK
            for model in self.models
        )

    def _cell(self, panel: Panel, term: TermRow, model: Model) -> Cell:
        if model.result.status == "failed":
            return Cell(empty="failed")
        name = term.coefs.get(model.id)
        if name is None:
            return Cell(empty="absent")
        coef, first = model.result.coef[name], self._first(term)
        cell = self._of(panel, coef, first, term.scales.get(model.id))
        changed = panel in ("se", "p") and self.found.differs(term, model)
        return replace(cell, mark=self.letters[term.full]) if changed else cell

    def _of(self, panel: Panel, coef: Coef, first: Coef | None, scale: str | None) -> Cell:
        if panel == "se":
            return number(coef.se, "se", coef.se)
        if panel == "p":
            return number(coef.p, "p")
        if panel == "estimate":
            if self.options.exponentiate and scale:
                return number(exponential(coef.estimate), "ratio", coef.se)
            return number(coef.estimate, "estimate", coef.se)
        below = first.se if first else None
        ratio = coef.se / below if coef.se is not None and below else None
        if panel == "ratio" or ratio is None:
            return number(ratio, "se_ratio")
        return replace(number(ratio**2, "number"), decimals=2)

    def _first(self, term: TermRow) -> Coef | None:
        name = term.coefs.get(self.models[0].id)
        return self.models[0].result.coef.get(name) if name else None


def _title(panel: Panel, options: Clustering.Options) -> str:
    return "exponential" if panel == "estimate" and options.exponentiate else panel


def _chosen(rows: Sequence[TermRow], terms: Sequence[str]) -> tuple[TermRow, ...]:
    """The rows of the terms asked for, with their headers and reference levels."""
    known = frozenset().union(*(row.names for row in rows))
    for position, name in enumerate(terms):
        if name not in known:
            raise SpecError(Problem(
                "unknown-term", f"`{name}` is a term of none of the fits", ("terms", position),
                help=f"terms: {', '.join(sorted(known))}",
            ))  # fmt: skip
    wanted = {row.group for row in rows if not terms or row.names & set(terms)}
    return tuple(row for row in rows if row.group in wanted)


def _sentences(
    models: Sequence[Model], found: Conclusions, options: Clustering.Options, context: Context
) -> Iterator[str]:
    """What the columns are, what the clusters are, and which conclusions hang on the choice."""
    words, labels = context.words, model_labels(models)
    clusters = joined([text for model in models if (text := clusters_text(context, model))], words)
    if clusters:
        yield words("fit.clusters", groups=clusters)
    if {"ratio", "deff"} & set(options.show):
        yield words("clustering.ratio", first=labels[models[0].id])
    yield from _tests(models, words)
    if found.changed:
        names = joined([row.full for row, _ in found.changed], words)
        yield words("clustering.changes", terms=names)
    elif found.judged:
        yield words("clustering.no_change")
    yield from row_sentences(models, words)
    yield from target_sentences(models, words)
    if all(model.id != "intercept" for model in models):
        yield words("clustering.no_mixed")


def _tests(models: Sequence[Model], words: Words) -> Iterator[str]:
    """By which distribution each way tests: normal, or t with its degrees of freedom."""
    labels = model_labels(models)
    held: dict[str, list[str]] = {}
    for model in models:
        known = [coef.df for coef in model.result.coef.values() if coef.p is not None]
        if known:
            held.setdefault(_degrees(known, words), []).append(labels[model.id])
    parts = [
        words("clustering.t", models=joined(names, words), df=df)
        if df
        else words("clustering.normal", models=joined(names, words))
        for df, names in held.items()
    ]
    if parts:
        yield words("clustering.tests", parts=words("list.semicolon").join(parts))


def _degrees(known: Sequence[float | None], words: Words) -> str:
    """The degrees of freedom of all coefficients as one text; "" for the normal distribution."""
    given = sorted(df for df in known if df is not None)
    if not given:
        return ""
    low, high = given[0], given[-1]
    if degrees(low) == degrees(high):
        return degrees(low)
    return words("list.range", low=numbers.fixed(low, 0), high=numbers.fixed(high, 0))


def degrees(df: float) -> str:
    """Degrees of freedom as they stand in a table."""
    return numbers.fixed(df, 0 if float(df).is_integer() else 1)
