"""`table: icc` — how alike the members of a cluster are, a row a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal, get_args

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import (
    clusters_text,
    column_text,
    joined,
    lowered,
)
from reportgen.blocks.lists import Group, grouped, with_outcome
from reportgen.blocks.selection import several
from reportgen.blocks.tables.cells import number
from reportgen.blocks.tables.findings import findings
from reportgen.blocks.tables.iccalong import along, along_sentences
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Role, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model, Result
from reportgen.core.words import Words

Name = Literal["given", "n", "clusters", "sizes", "icc", "effect"]
NAMES: tuple[Name, ...] = get_args(Name)
Cells = Mapping[Name, Cell]


class Icc:
    """Intraclass correlations, what they are given, and the clusters they rest on."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: icc`."""

        models: tuple[ModelName, ...] = option(doc="The models shown, in this order.")

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without models."""
        if not options.models:
            yield Problem("no-models", "a table of correlations needs `models`", ("models",))

    def build(self, options: Options, context: Context) -> Table:
        """The table. SpecError where the names mean no model."""
        models, words = several(context, options.models), context.words
        found = findings(models, words)
        given = {model.id: _given(model, context) for model in models}
        shown = _shown(models, given)
        table = Table(
            kind="icc",
            columns=_columns(shown, words),
            blocks=tuple(
                _blocks(
                    grouped(models, context),
                    shown,
                    lambda model: _cells(model, given[model.id], found.letters[model.id]),
                    context,
                )
            ),
            caption=options.caption or words("icc.caption"),
            stub=words("icc.stub"),
            notes=(
                *((options.note,) if options.note else ()),
                *_methods(models, words),
                *along_sentences(models, words),
                *_clusters(models, shown, context),
                words("icc.design_effect"),
            ),
            marks=found.marks,
        )
        return abbreviated(table, words)


def _columns(shown: Sequence[Name], words: Words) -> tuple[Column, ...]:
    heads: dict[Name, tuple[str, Role]] = {
        "given": ("icc.given", "text"),
        "n": ("common.observations", "count"),
        "clusters": ("icc.clusters", "count"),
        "sizes": ("icc.sizes", "range"),
        "icc": ("icc.estimate", "icc"),
        "effect": ("icc.effect", "number"),
    }
    return tuple(Column(words(heads[name][0]), heads[name][1]) for name in shown)


def _shown(models: Sequence[Model], given: Mapping[str, str]) -> tuple[Name, ...]:
    """The columns. What is the same in all of several rows is said in the note instead."""
    fitted = [model.result for model in models if model.result.status != "failed"]
    same = {
        "given": not any(given.values()),
        "clusters": len(fitted) > 1 and len({result.n_groups for result in fitted}) == 1,
        "sizes": len(fitted) > 1 and len({_extremes(result) for result in fitted}) == 1,
    }
    return tuple(name for name in NAMES if not same.get(name))


def _extremes(result: Result) -> tuple[int, int] | None:
    return (result.group_size.min, result.group_size.max) if result.group_size else None


def _blocks(
    groups: Sequence[Group], shown: Sequence[Name], make: Callable[[Model], Cells], context: Context
) -> Iterator[RowBlock]:
    """A list is a block of its own; single models that follow each other share one."""
    rows: list[Row] = []
    for group in groups:
        made = []
        for name, model in zip(group.names, group.models, strict=True):
            cells = make(model)
            label = with_outcome(name, model, context)
            made.append(Row(label, tuple(cells[each] for each in shown)))
            made += along(model, shown, context)
        if len(group.models) > 1:
            if rows:
                yield RowBlock(tuple(rows))
            yield RowBlock(tuple(made), name=group.name)
            rows = []
        else:
            rows += made
    if rows:
        yield RowBlock(tuple(rows))


def _cells(model: Model, given: str, mark: str) -> Cells:
    """Every cell of a row; without covariates "given" is blank, like a term that is not there."""
    result, size = model.result, model.result.group_size
    if result.status == "failed":
        empty = Cell(role="icc", empty="failed")
        failed: dict[Name, Cell] = dict.fromkeys(NAMES, empty)
        return failed | {"given": Cell(given), "icc": replace(empty, mark=mark)}
    effect = None if result.icc is None or size is None else 1 + (size.mean - 1) * result.icc
    return {
        "given": Cell(given) if given else Cell(empty="absent"),
        "n": Cell(result.n, "count"),
        "clusters": number(result.n_groups, "count"),
        "sizes": Cell(_extremes(result), "range", empty=None if size else "undefined"),
        "icc": replace(number(result.icc, "icc"), mark=mark),
        "effect": replace(number(effect, "number"), decimals=2),
    }


def _given(model: Model, context: Context) -> str:
    """The covariates that a correlation is given: "" for none."""
    columns = dict.fromkeys(
        column
        for term in model.result.terms
        if term.kind not in ("intercept", "threshold")
        for column in term.variables
    )
    texts = [column_text(context, model, column).split(" (")[0] for column in columns]
    return joined([lowered(text) for text in texts], context.words)


def _methods(models: Sequence[Model], words: Words) -> Iterator[str]:
    """How each kind of correlation was found; models are named where there are several kinds."""
    kinds: dict[str, list[str]] = {}
    for model in models:
        method = model.result.method
        if method is None or model.result.icc is None:
            continue
        kind = "working" if method.estimator == "gee" else (
            "components" if method.family == "gaussian" else "latent"
        )  # fmt: skip
        kinds.setdefault(kind, []).append(model.label)
    for kind in kinds:
        yield words(f"icc.{kind}")


def _clusters(models: Sequence[Model], shown: Sequence[Name], context: Context) -> Iterator[str]:
    """What the clusters are; how many, and how large, where no column says so."""
    words = context.words
    groups = joined([clusters_text(context, model) for model in models], words)
    if groups:
        yield words("fit.clusters", groups=groups)
    known = [model.result for model in models if model.result.n_groups is not None]
    if "clusters" in shown or not known:
        return
    count = numbers.count(known[0].n_groups)
    size = known[0].group_size
    if "sizes" in shown or size is None:
        yield words("icc.number", count=count)
    else:
        low, high = numbers.count(size.min), numbers.count(size.max)
        if low == high:
            yield words("icc.number_size", count=count, size=high)
        else:
            yield words("icc.number_sizes", count=count, min=low, max=high)
