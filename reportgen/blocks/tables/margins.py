"""Tables of quantities computed from fits: the same for means, comparisons and average effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from reportgen.blocks.labels import model_labels
from reportgen.blocks.marginal import Answer, Point, Shown, remark_texts
from reportgen.blocks.ordering import merge
from reportgen.blocks.tables.cells import Statistic, empty_cells, linear_cells, ratio_cells
from reportgen.blocks.tables.findings import Findings, finding_texts, lettered
from reportgen.blocks.tables.panel import Panel, spanners
from reportgen.core.document import Cell, Column, Context, Row, RowBlock
from reportgen.core.types import Coef, Compared, Margin

Key = tuple[tuple[tuple[str, str | float], ...], ...]


@dataclass(frozen=True)
class MarginTable:
    """Models side by side, a row for each quantity; groups of rows (`by`) stand below a header.

    `heading` and `scale` say for each model what an estimate is called and, where it is shown as a
    ratio, of which kind; `label` names a quantity in the stub. `levels` gives, for a quantity that
    is one level of a variable against another, the variable's label and its reference level.
    """

    found: tuple[Answer, ...]
    by: tuple[str, ...]
    columns: tuple[Statistic, ...]
    heading: Callable[[Answer], str]
    scale: Callable[[Answer], str | None]
    label: Callable[[Margin, Shown], str]
    context: Context
    levels: Callable[[Margin, Shown], tuple[str, str] | None] = lambda _margin, _shown: None

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
        return tuple(column for panel in self._panels() for column in panel.headings(words))

    def blocks(self) -> tuple[RowBlock, ...]:
        """One block: a header row for each group, the quantities indented below it."""
        rows: list[Row] = []
        panels, indent = self._panels(), 1 if self.by else 0
        group: Point = {}
        variable: tuple[str, str] | None = None
        for key, margin, owner in self._margins():
            shown = Shown(self.context, owner.model)
            own = {name: margin.at[name] for name in self.by}
            if own != group:
                rows.append(Row(shown.named(own), header=True))
            levels = self.levels(margin, shown)
            if levels is not None and (levels, own) != (variable, group):
                rows += self._variable(*levels, indent, panels)
            group, variable = own, levels
            cells = tuple(cell for panel in panels for cell in self._cells(panel, key))
            rows.append(Row(self.label(margin, shown), cells, indent + (levels is not None)))
        return (RowBlock(tuple(rows), name="margins"),)

    def _variable(
        self, label: str, reference: str, indent: int, panels: Sequence[Panel]
    ) -> tuple[Row, Row]:
        """A variable's header, and its reference level."""
        cells = tuple(cell for panel in panels for cell in panel.single(Cell(empty="reference")))
        return Row(label, indent=indent, header=True), Row(reference, cells, indent + 1)

    def _margins(self) -> Iterable[tuple[Key, Margin, Answer]]:
        """Every quantity once, with the first model that has it; each model's order is kept."""
        first: dict[Key, tuple[Margin, Answer]] = {}
        for answer in self.found:
            for margin in answer.margins:
                first.setdefault(key_of(margin), (margin, answer))
        orders = [[key_of(margin) for margin in answer.margins] for answer in self.found]
        return ((key, *first[key]) for key in merge(orders))

    def _cells(self, panel: Panel, key: Key) -> tuple[Cell, ...]:
        answer = next(each for each in self.found if each.model.id == panel.model.id)
        margin = next((each for each in answer.margins if key_of(each) == key), None)
        if margin is not None:
            if panel.scale:
                return ratio_cells(margin.value, panel.columns)
            return tuple(
                replace(cell, error=_governing(margin.value)) if cell.role != "se" else cell
                for cell in linear_cells(margin.value, panel.columns)
            )
        failed = answer.result is None or answer.result.status == "failed"
        return empty_cells(panel.columns, "failed" if failed else "absent")

    def _panels(self) -> tuple[Panel, ...]:
        labels, found = model_labels([each.model for each in self.found]), self.findings
        texts = spanners([labels[each.model.id] for each in self.found])
        return tuple(
            Panel(
                model=answer.model,
                spanner=text,
                columns=self.columns,
                scale=self.scale(answer),
                mark=found.letters[answer.model.id],
                heading=self.heading(answer),
            )
            for answer, text in zip(self.found, texts, strict=True)
        )


def _governing(coef: Coef) -> float | None:
    """What governs the decimals of a row: its standard error, or where the interval reaches much
    farther (a probability near 1) a quarter of that.
    """
    if coef.se is None or coef.low is None or coef.high is None:
        return coef.se
    return max(coef.se, (coef.high - coef.low) / 4)


def key_of(margin: Margin) -> Key:
    """What makes quantities of two models the same."""
    compared = (part for each in margin.compared for part in _parts(each))
    return (tuple(margin.at.items()), *compared)


def _parts(each: Compared) -> Iterable[tuple[tuple[str, str | float], ...]]:
    yield tuple(each.first.items())
    yield tuple(each.second.items())
    yield ((each.name, each.label),)
