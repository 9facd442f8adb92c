"""The document: what blocks make and writers print. Cells hold raw values, never formatted text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.types import Facts, Model, Result, Scalar, Variable
from reportgen.core.words import Words

Role = Literal[
    "text", "label", "count", "percent", "estimate", "se", "ci", "ratio", "ratio_se", "ratio_ci",
    "se_ratio",
    "statistic", "df", "p", "icc", "r2", "likelihood", "criterion", "variance", "sd",
    "correlation", "smd", "mean_sd", "median_iqr", "count_percent", "percent_se",
    "range", "difference", "number",
]  # fmt: skip
Empty = Literal["absent", "undefined", "reference", "failed"]


@dataclass(frozen=True)
class Cell:
    """A raw value and the role that decides how it is written.

    value      a number, a text, None, or a tuple: ci → (low, high), mean_sd → (mean, sd),
               median_iqr → (median, q1, q3), count_percent → (count, share of 1),
               percent_se → (share of 1, its standard error),
               range → (min, max)
    error      the standard error that governs the decimals of the row (rule: `numbers.py`)
    decimals   decimals fixed by the data instead (means, medians)
    empty      why there is no value: term not in the model, not defined for this estimator,
               reference level, fit failed
    mark       a letter that points to a specific note
    """

    value: Scalar | tuple[Scalar, ...] = None
    role: Role = "text"
    error: float | None = None
    decimals: int | None = None
    empty: Empty | None = None
    mark: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, the spanner above it, and the role of its cells.

    `mark` points to a note about every number below (a model with a warning); it stands after the
    spanner, or after the heading where there is no spanner. Several letters are "a, b".
    """

    label: str
    role: Role = "text"
    spanner: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """A row: the stub's text and one cell a column. A header row has none, or what is about all
    rows below it.
    """

    label: str
    cells: tuple[Cell, ...] = ()
    indent: int = 0
    header: bool = False


@dataclass(frozen=True)
class RowBlock:
    """Rows that belong together, set off by a thin rule; `title` is printed where it is given.

    `mark` points from the title to a note about every number below it.
    """

    rows: tuple[Row, ...]
    title: str = ""
    name: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of an equation that is not divided: words and numbers, or mathematics in LaTeX."""

    text: str
    maths: bool = False


@dataclass(frozen=True)
class Table:
    """A table of raw values. `notes` are whole sentences; `marks` maps a letter to its note;
    `abbreviations` are the short forms that occur, expanded by the writer ("SE", "CI", "GEE").
    `equation` has the lines of the fitted equation, which stand below the table.
    """

    kind: str
    columns: tuple[Column, ...]
    blocks: tuple[RowBlock, ...]
    caption: str = ""
    stub: str = ""
    id: str = ""
    notes: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    abbreviations: tuple[str, ...] = ()
    confidence: float = 0.95
    equation: tuple[tuple[Piece, ...], ...] = ()


@dataclass(frozen=True)
class Figure:
    """A drawing with the numbers it was drawn from and a text for those who cannot see it.

    `png` is the drawing as PNG in base 64, where a format that is written needs it.
    """

    kind: str
    svg: str
    alt: str
    caption: str = ""
    id: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Scalar, ...], ...] = ()
    notes: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    png: str = ""


@dataclass(frozen=True)
class Heading:
    """A section (level 1) or subsection (level 2)."""

    level: int
    text: str
    id: str = ""


@dataclass(frozen=True)
class Text:
    """Markdown in which every value has already been put in its place."""

    markdown: str


@dataclass(frozen=True)
class Claim:
    """A sentence the report relies on, whether it holds, and the comparison in numbers."""

    claim: str
    holds: bool
    shown: str
    line: int


@dataclass(frozen=True)
class PageBreak:
    """The next block begins a page."""


Part = Heading | Text | Claim | Table | Figure | PageBreak


@dataclass(frozen=True)
class Build:
    """How and from what a report was made: everything needed to make it again.

    `included` has the texts of the files that the spec includes, by their names beside it;
    `beside` the bytes of all else that decides how the report looks (a logo, the files of a theme),
    and `templates` those of the user's own that the command line gave, by their names. `command`
    makes the report again; `engine` is the one that it gives to all models.
    """

    versions: Mapping[str, str]
    spec_name: str
    spec_sha256: str
    spec_text: str
    git: str | None
    created: str
    params: Mapping[str, Scalar] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)
    results_digest: str = ""
    included: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, bytes] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
    engine: str | None = None


@dataclass(frozen=True)
class Look:
    """What a theme of the user's own gives to variables of the style sheet, without their hyphens:
    in the light scheme, which is also that of paper, and in the dark one.
    """

    light: Mapping[str, str] = field(default_factory=dict)
    dark: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Brand:
    """Whose report it is: a logo (the bytes of an SVG, PNG or JPEG), what it says, and a colour."""

    logo: bytes = b""
    name: str = ""
    accent: str = ""


@dataclass(frozen=True)
class Document:
    """The whole report, ready for any writer.

    `table_rows`: a longer table is printed on paper by its first rows; 0 prints any whole.
    `theme` is a built-in one; `look` is what one of the user's own changes of it.
    """

    title: str
    build: Build
    parts: tuple[Part, ...]
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    lang: str = "en"
    abstract: str = ""
    datasets: Mapping[str, Facts] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    numbers: Mapping[str, Scalar] = field(default_factory=dict)
    theme: str = "default"
    table_rows: int = 150
    pdf_variant: str = "pdf/ua-1"
    brand: Brand = Brand()
    look: Look = Look()


# ── what a block is given ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Context:
    """All a table or plot may know: the results, the facts about the data, and the words.

    `computed` holds what the block itself asked for, by the names of its requests.
    """

    models: Mapping[str, Model]
    datasets: Mapping[str, Facts]
    words: Words
    computed: Mapping[str, Result] = field(default_factory=dict)

    def select(self, names: Sequence[str]) -> tuple[Model, ...]:
        """The models meant by names, in their order; the name of a list means all its members."""
        chosen: dict[str, Model] = {}
        for name in names:
            for model in self.models.values():
                if name in (model.id, model.name):
                    chosen.setdefault(model.id, model)
        return tuple(chosen.values())

    def variable(self, model: Model, column: str) -> Variable:
        """A column of a model's dataset; one without a label is labelled by its name."""
        facts = self.datasets.get(model.data)
        found = facts.variables.get(column) if facts else None
        return found or Variable(name=column, label=column)

    def with_computed(self, computed: Mapping[str, Result]) -> Context:
        """The same context for a block that asked for fits or statistics of its own."""
        return replace(self, computed=computed)
