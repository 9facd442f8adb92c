"""Tables of quantities computed from fits: the same for means, comparisons and average effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from reportgen.blocks.labels import model_labels
from reportgen.blocks.marginal import Answer, Point, Shown, remark_texts
from reportgen.blocks.ordering import merge
from reportgen.blocks.tables.cells import Statistic, empty_cells, linear_cells, ratio_cells
from reportgen.blocks.tables.findings import Findings, finding_texts, lettered
from reportgen.blocks.tables.panel import Panel
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Row, RowBlock
from reportgen.core.types import Coef, Compared, Margin

FAR = 2.0

Level = tuple[str, str | float]
"""A column, and the level that others of its levels are set against."""

Key = tuple[tuple[tuple[str, str | float], ...], ...]
Asked = tuple[Key, Margin, Answer]
"""A quantity, and the first model that has it."""


@dataclass(frozen=True)
class MarginTable:
    """Models side by side, a row for each quantity; groups of rows (`by`) stand below a header.
    A model of an outcome of several levels has columns for each.

    `heading` and `scale` say for each model what an estimate is called and, where it is shown as a
    ratio, of which kind; `label` names a quantity in the stub. `levels` gives, for a quantity that
    is one level of a variable against another, the variable's column and its reference level.
    """

    found: tuple[Answer, ...]
    by: tuple[str, ...]
    columns: tuple[Statistic, ...]
    heading: Callable[[Answer], str]
    scale: Callable[[Answer], str | None]
    label: Callable[[Margin, Shown], str]
    context: Context
    levels: Callable[[Margin], Level | None] = lambda _margin: None

    @property
    def findings(self) -> Findings[str]:
        """Warnings and failures of the models and of what was computed, by the models' ids."""
        words = self.context.words
        labels = model_labels([answer.model for answer in self.found])
        texts = {}
        for answer in self.found:
            label = labels[answer.model.id]
            own = finding_texts(answer.model, label, words)
            if answer.reason:
                own.append(words("margins.failed", model=label, reason=answer.reason.rstrip(".")))
            texts[answer.model.id] = [*own, *remark_texts(answer)]
        return lettered(texts)

    def heads(self) -> tuple[Column, ...]:
        """The columns of all models."""
        words = self.context.words
        return tuple(column for each in self._shares() for column in each.panel.headings(words))

    def blocks(self) -> tuple[RowBlock, ...]:
        """One block: a header row for each group, the quantities indented below it."""
        rows: list[Row] = []
        indent = 1 if self.by else 0
        group: Point = {}
        for (own, variable), run in groupby(self._margins(), self._place):
            asked = list(run)
            shown = Shown(self.context, asked[0][2].model)
            if dict(own) != group:
                group = dict(own)
                rows.append(Row(shown.named(group), header=True))
            if variable is None:
                rows += (self._row(each, indent) for each in asked)
            else:
                rows += self._variable(*variable, asked, indent)
        return (RowBlock(tuple(rows), name="margins"),)

    def _place(self, asked: Asked) -> tuple[tuple[tuple[str, str | float], ...], Level | None]:
        """What a quantity stands below: its group, and the variable of which it is a level."""
        _, margin, _ = asked
        return tuple((name, margin.at[name]) for name in self.by), self.levels(margin)

    def _row(self, asked: Asked, indent: int) -> Row:
        key, margin, owner = asked
        cells = tuple(cell for share in self._shares() for cell in self._cells(share, key))
        return Row(self.label(margin, Shown(self.context, owner.model)), cells, indent)

    def _variable(
        self, column: str, reference: str | float, asked: Sequence[Asked], indent: int
    ) -> tuple[Row, ...]:
        """A variable's header, then its levels as displayed, the reference among them."""
        model = asked[0][2].model
        shown, order = Shown(self.context, model), list(self.context.variable(model, column).levels)
        cells = tuple(
            cell for each in self._shares() for cell in each.panel.single(Cell(empty="reference"))
        )
        rows = [(reference, Row(shown.value(column, reference), cells, indent + 1))]
        rows += ((each[1].compared[0].first[column], self._row(each, indent + 1)) for each in asked)
        rows.sort(key=lambda row: order.index(str(row[0])) if row[0] in order else len(order))
        return (Row(shown.label(column), indent=indent, header=True), *(row for _, row in rows))

    def _margins(self) -> Iterable[Asked]:
        """Every quantity once, with the first model that has it; each model's order is kept."""
        first: dict[Key, tuple[Margin, Answer]] = {}
        for answer in self.found:
            for margin in answer.margins:
                first.setdefault(key_of(margin), (margin, answer))
        orders = [list(dict.fromkeys(map(key_of, answer.margins))) for answer in self.found]
        return ((key, *first[key]) for key in merge(orders))

    def _cells(self, share: Share, key: Key) -> tuple[Cell, ...]:
        answer, panel = share.answer, share.panel
        same = (each for each in answer.margins if each.outcome == share.level)
        margin = next((each for each in same if key_of(each) == key), None)
        if margin is not None:
            if panel.scale:
                return ratio_cells(margin.value, panel.columns)
            return tuple(
                replace(cell, error=_governing(margin.value)) if cell.role != "se" else cell
                for cell in linear_cells(margin.value, panel.columns)
            )
        failed = answer.result is None or answer.result.status == "failed"
        return empty_cells(panel.columns, "failed" if failed else "absent")

    def _shares(self) -> tuple[Share, ...]:
        """The columns of each model, of each level of its outcome where it has several."""
        labels, letters = model_labels([each.model for each in self.found]), self.findings.letters
        several = len(self.found) > 1
        return tuple(
            Share(answer, level, Panel(
                model=answer.model,
                spanner=self._spanner(answer, level, labels[answer.model.id] if several else ""),
                columns=self.columns,
                scale=self.scale(answer),
                mark="" if position else letters[answer.model.id],
                heading=self.heading(answer),
            ))
            for answer in self.found
            for position, level in enumerate(answer.levels)
        )  # fmt: skip

    def _spanner(self, answer: Answer, level: str, label: str) -> str:
        """The text above columns: what tells them from the others, model or level or both."""
        text = Shown(self.context, answer.model).outcome(level)
        if text and label:
            return self.context.words("term.level", label=label, level=text)
        return text or label


@dataclass(frozen=True)
class Share:
    """A model's columns for one level of its outcome, "" where that is a number."""

    answer: Answer
    level: str
    panel: Panel


def _governing(coef: Coef) -> float | None:
    """What governs the decimals of a row: its standard error, or where the interval reaches more
    than twice as far as a usual one (a probability near 1) a quarter of that.

    An interval adjusted for multiplicity is wider than usual, and no less precise.
    """
    if coef.se is None or coef.low is None or coef.high is None:
        return coef.se
    reach = (coef.high - coef.low) / 4
    return reach if reach > FAR * coef.se else coef.se


def key_of(margin: Margin) -> Key:
    """What makes quantities of two models the same."""
    compared = (part for each in margin.compared for part in _parts(each))
    return (tuple(margin.at.items()), *compared)


def _parts(each: Compared) -> Iterable[tuple[tuple[str, str | float], ...]]:
    yield tuple(each.first.items())
    yield tuple(each.second.items())
    yield ((each.name, each.label),)
