"""`table: missing` — what became of the rows of each model: read, left out and why, used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import column_text, model_labels
from reportgen.blocks.selection import several
from reportgen.blocks.tables.findings import finding_texts, lettered
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Role, Row, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.types import Model

ROLES: dict[str, Role] = {
    "rows": "count", "outside": "count", "incomplete": "count_percent", "imputed": "count",
    "used": "count",
}  # fmt: skip
OPTIONAL = ("outside", "imputed")
"""Columns that are only there where some model has a number in them."""


class Missing:
    """The rows of each model: those it was given, those it left out, and by which columns."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: missing`."""

        models: tuple[ModelName, ...] = option((), doc="These models; all where not given.")

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def build(self, options: Options, context: Context) -> Table:
        """The table: a row a model, and below it one for each column that lacks values."""
        words = context.words
        models = several(context, options.models or tuple(context.models))
        groups = _groups(models, context)
        shown = [
            name
            for name in ROLES
            if name not in OPTIONAL or any(group.account[name] for group in groups)
        ]
        failures = lettered({
            group.label: finding_texts(group.model, group.label, words)
            for group in groups if group.failed
        })  # fmt: skip
        table = Table(
            kind="missing",
            columns=tuple(Column(words(f"missing.{name}"), ROLES[name]) for name in shown),
            blocks=tuple(
                RowBlock(tuple(_rows(group, failures.letters.get(group.label, ""), shown, context)))
                for group in groups
            ),
            caption=options.caption or words("missing.caption"),
            stub=words("missing.stub"),
            notes=(
                *((options.note,) if options.note else ()),
                *_sampled(models, context),
                *((words("missing.several"),) if any(_overlap(group) for group in groups) else ()),
            ),
            marks=failures.marks,
        )
        return abbreviated(table, words)


@dataclass(frozen=True)
class _Group:
    """Models of one list of whose rows the same became; most often one model."""

    label: str
    model: Model
    account: Mapping[str, int]

    @property
    def failed(self) -> bool:
        return self.model.result.status == "failed"


def _groups(models: Sequence[Model], context: Context) -> tuple[_Group, ...]:
    labels = model_labels(models)
    held: dict[tuple[str, str], list[Model]] = {}
    for model in models:
        result = model.result
        alike = repr((_account(model), result.missing, result.imputed, result.notes[:1]
                      if result.status == "failed" else ()))  # fmt: skip
        held.setdefault((model.name, alike), []).append(model)
    return tuple(
        _Group(
            labels[own[0].id] if len(own) == 1
            else context.words("list.members", name=name, count=len(own)),
            own[0], _account(own[0]),
        )
        for (name, _), own in held.items()
    )  # fmt: skip


def _account(model: Model) -> dict[str, int]:
    """What became of the rows of a model: read, outside the subpopulation, incomplete, used."""
    result = model.result
    details = result.method.details if result.method else {}
    outside = int(details.get("outside") or 0)
    return {
        "rows": result.n_read, "outside": outside, "used": result.n,
        "incomplete": result.n_read - outside - result.n,
        "imputed": sum(result.imputed.values()),
    }  # fmt: skip


def _rows(group: _Group, mark: str, shown: Sequence[str], context: Context) -> Iterator[Row]:
    account, result = group.account, group.model.result
    cells = []
    for name in shown:
        if group.failed and name != "rows":
            cells.append(Cell(role=ROLES[name], empty="failed"))
        elif name == "incomplete":
            cells.append(_share(account[name], account["rows"] - account["outside"]))
        else:
            cells.append(Cell(account[name], ROLES[name]))
    yield Row(group.label, (replace(cells[0], mark=mark), *cells[1:]))
    for name, count in result.missing.items():
        imputed = result.imputed.get(name, 0)
        own = {
            "incomplete": _share(count - imputed, account["rows"] - account["outside"])
            if count > imputed else Cell(),
            "imputed": Cell(imputed, "count") if imputed else Cell(),
        }  # fmt: skip
        label = column_text(context, group.model, name)
        yield Row(label, tuple(own.get(column, Cell()) for column in shown), 1)


def _share(count: int, of: int) -> Cell:
    return Cell((count, count / of), "count_percent") if of else Cell(role="count_percent")


def _overlap(group: _Group) -> bool:
    """Whether some row lacks several values, so that the columns' counts exceed the rows."""
    lost = sum(group.model.result.missing.values()) - sum(group.model.result.imputed.values())
    return lost > group.account["incomplete"] > 0


def _sampled(models: Sequence[Model], context: Context) -> Iterator[str]:
    """That the rows are those which the steps of the sample left."""
    for name in dict.fromkeys(model.data for model in models):
        facts = context.datasets.get(name)
        if facts and facts.n < facts.rows_read:
            named = "missing.sampled_of" if len(context.datasets) > 1 else "missing.sampled"
            yield context.words(
                named, data=name, n=numbers.count(facts.n),
                read=numbers.count(facts.rows_read),
            )  # fmt: skip
