"""`table: describe` — who was analysed: the first table of a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import variable_text
from reportgen.core import numbers
from reportgen.core.contracts import Request
from reportgen.core.document import Cell, Context, Row, RowBlock, Table
from reportgen.core.document import Column as Head
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, DatasetName, option
from reportgen.core.options import Column as ColumnName
from reportgen.core.types import Summary, Variable
from reportgen.core.words import Words

SKEWED = 0.3
"""|mean - median| / SD beyond which `auto` gives the median; 0 for a symmetric distribution."""

Groups = Mapping[str, Summary]


class Describe:
    """Means and counts of columns, overall and by group."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: describe`."""

        data: DatasetName = option(doc="The dataset.")
        columns: tuple[ColumnName, ...] = option(doc="The columns described, in this order.")
        by: ColumnName | None = option(None, doc="A column whose levels stand side by side.")
        overall: bool = option(True, doc="A column for everybody beside the groups.")
        numeric: Literal["auto", "mean", "median"] = option(
            "auto",
            doc="Mean (SD) or median (Q1, Q3); `auto`: the median where a distribution is skewed.",
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without columns."""
        if not options.columns:
            yield Problem("no-columns", "`table: describe` needs `columns`", ("columns",))

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The summaries of the columns."""
        asked = {"columns": options.columns, "by": options.by}
        return {"summaries": Request("describe", asked, data=options.data)}

    def build(self, options: Options, context: Context) -> Table:
        """The table, from the summaries."""
        words, facts = context.words, context.datasets[options.data]
        summaries: dict[str, dict[str, Summary]] = {}
        for each in context.computed["summaries"].summaries:
            summaries.setdefault(each.variable, {})[each.group] = each
        variables = {
            name: facts.variables.get(name) or Variable(name, name)
            for name in (*options.columns, *((options.by,) if options.by else ()))
        }
        names = _groups(summaries[options.columns[0]], options, variables, words)
        rows = tuple(
            row
            for column in options.columns
            for row in _Rows(summaries[column], tuple(names), variables[column], options, context)()
        )
        heads = tuple(
            Head(words("describe.head", name=name, n=numbers.count(_size(summaries, group))))
            for group, name in names.items()
        ) if options.by else (Head(words("describe.all", n=numbers.count(facts.n))),)  # fmt: skip
        caption = (
            words("describe.caption_by", by=_lower(variable_text(variables[options.by])))
            if options.by else words("describe.caption")
        )  # fmt: skip
        table = Table(
            kind="describe",
            columns=heads,
            blocks=(RowBlock(rows),),
            caption=options.caption or caption,
            stub=words("describe.stub"),
            notes=(*((options.note,) if options.note else ()), words("describe.note")),
        )
        return abbreviated(table, words)


def _groups(
    groups: Groups, options: Describe.Options, variables: Mapping[str, Variable], words: Words
) -> dict[str, str]:
    """The groups shown and their names; "" is everybody."""
    if options.by is None:
        return {"": ""}
    shown = {group: variables[options.by].show(group) for group in groups if group}
    return {"": words("describe.overall"), **shown} if options.overall else shown


def _size(summaries: Mapping[str, Groups], group: str) -> int:
    each = next(iter(summaries.values()))[group]
    return each.n + each.missing


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


@dataclass(frozen=True)
class _Rows:
    """The rows of one variable."""

    groups: Groups
    shown: tuple[str, ...]
    variable: Variable
    options: Describe.Options
    context: Context

    def __call__(self) -> Iterator[Row]:
        label = variable_text(self.variable)
        first = self.groups[""]
        if first.counts:
            yield from self._categories(label, first)
        elif first.mean is None:
            yield Row(label, tuple(Cell(empty="undefined") for _ in self.shown))
        elif self._skewed(first):
            name = self.context.words("describe.median", label=label)
            yield Row(name, self._cells(_median))
        else:
            yield Row(label, self._cells(_mean))
        if any(self.groups[group].missing for group in self.shown):
            missing = tuple(Cell(self.groups[group].missing, "count") for group in self.shown)
            yield Row(self.context.words("describe.missing"), missing, 1)

    def _categories(self, label: str, first: Summary) -> Iterator[Row]:
        levels = [level for level in self.variable.levels if level in first.counts]
        levels += [level for level in first.counts if level not in levels]
        if not self.variable.levels and set(levels) <= {"0", "1"}:
            yield Row(label, self._cells(lambda each: _share(each, "1")))
            return
        yield Row(label, header=True)
        for level in levels:
            cells = self._cells(lambda each, level=level: _share(each, level))
            yield Row(self.variable.show(level), cells, 1)

    def _cells(self, make: Any) -> tuple[Cell, ...]:
        """A cell a group. What the groups are made of is counted for everybody alone."""
        own = self.options.by == self.variable.name
        return tuple(Cell() if own and group else make(self.groups[group]) for group in self.shown)

    def _skewed(self, each: Summary) -> bool:
        if self.options.numeric != "auto":
            return self.options.numeric == "median"
        if not each.sd or each.mean is None or each.median is None:
            return False
        return abs(each.mean - each.median) / each.sd > SKEWED


def _mean(each: Summary) -> Cell:
    if each.mean is None:
        return Cell(role="mean_sd", empty="undefined")
    return Cell((each.mean, each.sd), "mean_sd", decimals=each.decimals + 1)


def _median(each: Summary) -> Cell:
    if each.median is None:
        return Cell(role="median_iqr", empty="undefined")
    return Cell((each.median, each.q1, each.q3), "median_iqr", decimals=each.decimals)


def _share(each: Summary, level: str) -> Cell:
    if not each.n:
        return Cell(role="count_percent", empty="undefined")
    count = each.counts.get(level, 0)
    return Cell((count, count / each.n), "count_percent")
