"""One model's share of a table: its columns, and its cells in every kind of row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from reportgen.blocks.randomeffects import withheld
from reportgen.blocks.tables.cells import (
    BLANK,
    ROLES,
    Statistic,
    alone,
    component_cells,
    empty_cells,
    linear_cells,
    number,
    pair_cells,
    ratio_cells,
)
from reportgen.blocks.tables.components import ComponentRow
from reportgen.blocks.terms import TermRow
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Role
from reportgen.core.types import Model
from reportgen.core.words import Words

LEVELS = (0.05, 0.01, 0.001)


@dataclass(frozen=True)
class Panel:
    """A model and how it is shown.

    `scale` is what the exponential of a coefficient is called ("odds_ratio") where the model is
    shown exponentiated, else None; `mark` holds the letters of its warnings, `marks` those of
    warnings about single coefficients, by their names. `heading` is what an estimate is called
    where it is no coefficient; `stars` stand beside estimates where they are asked for.
    """

    model: Model
    spanner: str
    columns: tuple[Statistic, ...]
    scale: str | None = None
    mark: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    heading: str = ""
    stars: bool = False

    def headings(self, words: Words) -> tuple[Column, ...]:
        """The columns, with the model's label above and the mark on the first."""
        return tuple(
            Column(
                label=self._heading(name, words),
                role=self._role(name),
                spanner=self.spanner,
                mark="" if position else self.mark,
            )
            for position, name in enumerate(self.columns)
        )

    def term(self, row: TermRow) -> tuple[Cell, ...]:
        """The cells of a coefficient; of a reference level; of a term that is not there."""
        result = self.model.result
        if self.model.id in row.references:
            return alone(Cell(empty="reference"), self.columns)
        if result.status == "failed":
            blank = row.kind == "reference"
            return alone(BLANK, self.columns) if blank else empty_cells(self.columns, "failed")
        if self.model.id not in row.coefs:
            return empty_cells(self.columns, "absent")
        name = row.coefs[self.model.id]
        exponentiated = self.scale and row.scales.get(self.model.id, self.scale)
        made = ratio_cells if exponentiated else linear_cells
        first, *others = made(result.coef[name], self.columns)
        cells = (replace(first, mark=self.marks.get(name, "")), *others)
        return self._starred(cells, result.coef[name].p) if self.stars else cells

    def component(self, row: ComponentRow) -> tuple[Cell, ...]:
        """The cells of a variance, covariance or correlation."""
        if self.model.result.status == "failed":
            return empty_cells(self.columns, "failed")
        if self.model.id in row.components:
            return component_cells(row.components[self.model.id], self.columns)
        if self.model.id not in row.values:
            return empty_cells(self.columns, "undefined" if withheld(self.model) else "absent")
        return pair_cells(row.kind, row.values[self.model.id], row.spread(self.model), self.columns)

    def single(self, cell: Cell) -> tuple[Cell, ...]:
        """The cells of a statistic of the whole model."""
        return alone(cell, self.columns)

    def _starred(self, cells: tuple[Cell, ...], p: float | None) -> tuple[Cell, ...]:
        """A star for each of 0.05, 0.01 and 0.001 that p lies below, after the estimate."""
        stars = "*" * sum(1 for level in LEVELS if p is not None and p < level)
        place = self.columns.index("estimate")
        mark = ", ".join(text for text in (stars, cells[place].mark) if text)
        starred = replace(cells[place], mark=mark)
        return (*cells[:place], starred, *cells[place + 1 :])

    def _role(self, name: Statistic) -> Role:
        ratios: dict[Statistic, Role] = {"estimate": "ratio", "se": "ratio_se", "ci": "ratio_ci"}
        return ratios.get(name, ROLES[name]) if self.scale else ROLES[name]

    def _heading(self, name: Statistic, words: Words) -> str:
        if name == "estimate" and self.heading:
            return self.heading
        if name == "estimate" and self.scale:
            return words.get(f"scale.{self.scale}", words("scale.ratio"))
        if name == "ci":
            return words("column.ci", level=numbers.level(self.model.result.confidence))
        if name == "statistic":
            return words(f"column.{self._statistic()}")
        return words(f"column.{name}")

    def _statistic(self) -> str:
        """The test statistic: t where coefficients have degrees of freedom, z where none has."""
        known = {coef.df is not None for coef in self.model.result.coef.values()}
        return {frozenset({True}): "t", frozenset({False}): "z"}.get(frozenset(known), "statistic")


def se_ratio(row: TermRow, later: Model, first: Model) -> Cell:
    """SE(later) / SE(first) of one coefficient, on the scale of the linear predictor."""
    if not row.coefs:
        return BLANK
    if "failed" in (later.result.status, first.result.status):
        return Cell(role="se_ratio", empty="failed")
    if later.id in row.references or first.id in row.references:
        return BLANK
    if later.id not in row.coefs or first.id not in row.coefs:
        return Cell(role="se_ratio", empty="absent")
    above = later.result.coef[row.coefs[later.id]].se
    below = first.result.coef[row.coefs[first.id]].se
    return number(above / below if above is not None and below else None, "se_ratio")


def spanners(labels: Sequence[str]) -> tuple[str, ...]:
    """The text above each model's columns: its label; none where there is one model alone."""
    return tuple(labels) if len(labels) > 1 else ("",)
