"""Models side by side: coefficients, random effects and fit, as the blocks of one table.

`compare` and `model` are made of this; they differ in what they choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.blocks.equations import ratios_of, title
from reportgen.blocks.labels import model_labels
from reportgen.blocks.tables.cells import BLANK, Statistic
from reportgen.blocks.tables.components import component_rows
from reportgen.blocks.tables.fitrows import FitRow
from reportgen.blocks.tables.panel import Panel, se_ratio, spanners
from reportgen.blocks.terms import TermRow, by_equation
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Cell, Column, Context, Row, RowBlock
from reportgen.core.types import Equation, Model

KINDS = ("variance", "residual", "correlation")


@dataclass(frozen=True)
class Layout:
    """The models of a table as panels, and the ones compared with the first by SE ratio."""

    panels: tuple[Panel, ...]
    ratios: tuple[Model, ...]
    context: Context

    def columns(self) -> tuple[Column, ...]:
        """All columns: each model's own, then the ratios of standard errors."""
        words = self.context.words
        found = [column for panel in self.panels for column in panel.headings(words)]
        labels = model_labels([panel.model for panel in self.panels])
        for later in self.ratios:
            if len(self.ratios) == 1:
                found.append(Column(words("column.se_ratio"), "se_ratio"))
                continue
            text = words("column.se_ratio_of", later=labels[later.id], first=labels[self.first.id])
            found.append(Column(text, "se_ratio", spanner=words("column.se_ratio")))
        return tuple(found)

    @property
    def first(self) -> Model:
        """The model that the others are compared with."""
        return self.panels[0].model

    def coefficients(self, rows: Sequence[TermRow]) -> tuple[RowBlock, ...]:
        """A block of coefficients for each equation; a header row has no cells."""
        return tuple(
            RowBlock(
                tuple(self._term(row) for row in own), self._title(equation, own), "coefficients"
            )
            for equation, own in by_equation(rows)
        )  # fmt: skip

    def random_effects(self) -> RowBlock:
        """The block of variances and correlations; without rows where no model has any."""
        rows = component_rows([panel.model for panel in self.panels], self.context, KINDS)
        return RowBlock(
            tuple(
                self._row(row.label, [panel.component(row) for panel in self.panels])
                for row in rows
            ),
            title=self.context.words("random.title"),
            name="random",
        )

    def fit(self, rows: Sequence[FitRow]) -> RowBlock:
        """The block of statistics of whole models; `rows` have a cell for each panel."""
        return RowBlock(
            tuple(
                self._row(
                    row.label,
                    [
                        panel.single(cell)
                        for panel, cell in zip(self.panels, row.cells, strict=True)
                    ],
                )
                for row in rows
            ),
            name="fit",
        )

    def _title(self, equation: Equation | None, rows: Sequence[TermRow]) -> str:
        """The title of an equation; where ratios of several kinds are shown it says which."""
        exponentiated = [panel.model for panel in self.panels if panel.scale]
        several = len({each for model in exponentiated for each in ratios_of(model)}) > 1
        none = equation is not None and equation.scale is None
        own = next(
            (panel.model for panel in self.panels if panel.model.id in rows[0].scales), self.first
        )
        return title(equation, own, self.context, bool(exponentiated) and (several or none))

    def _term(self, row: TermRow) -> Row:
        if row.kind == "header":
            return Row(row.label, header=True)
        ratios = tuple(se_ratio(row, later, self.first) for later in self.ratios)
        shown = self._row(row.label, [panel.term(row) for panel in self.panels], ratios)
        return replace(shown, indent=row.indent)

    def _row(
        self, label: str, parts: Sequence[Sequence[Cell]], ratios: tuple[Cell, ...] = ()
    ) -> Row:
        last = ratios or (BLANK,) * len(self.ratios)
        return Row(label, (*(cell for part in parts for cell in part), *last))


def panels(
    models: Sequence[Model],
    columns: tuple[Statistic, ...],
    exponentiate: bool | str,
    letters: Mapping[tuple[str, str], str],
    stars: bool = False,
) -> tuple[Panel, ...]:
    """A panel for each model; exponentiated where that is asked for and has a meaning.

    `letters` are those of `cell_findings`; `stars` puts stars beside the estimates.
    """
    labels = model_labels(models)
    texts = spanners([labels[model.id] for model in models])
    return tuple(
        Panel(
            model=model,
            spanner=text,
            columns=columns,
            scale=scale_of(model) if exponentiate else None,
            mark=letters[model.id, ""],
            stars=stars,
            marks={coef: marks for (id_, coef), marks in letters.items() if id_ == model.id},
        )
        for model, text in zip(models, texts, strict=True)
    )


def scale_of(model: Model) -> str | None:
    """What the exponential of a coefficient of the model is; None where it means nothing.

    "ratio" where the equations of the model differ in it.
    """
    found = ratios_of(model)
    if len(found) > 1:
        return "ratio"
    return found[0] if found else None
