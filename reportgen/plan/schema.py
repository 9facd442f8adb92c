"""The shape of a spec: its top level, and the keys that every model has whatever its kind."""

from __future__ import annotations

from typing import Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.options import Prose, option

ThemeName = Literal["default", "apa", "ama", "lancet", "nejm"]
"""The built-in themes; each is a style of probabilities, too."""


@dataclass(frozen=True, kw_only=True)
class Top:
    """The top level of a spec."""

    reportgen: int = option(doc="Version of the language: 1.")
    title: str = option(doc="The report's title.")
    subtitle: str = option("", doc="A line below the title.")
    authors: tuple[str, ...] = option((), doc="Who wrote it.")
    date: str = option("", doc="The date shown, and the clock of the build: 2026-11-23.")
    lang: str = option(
        "en", doc="Language of words, numbers and dates, as a tag: en, de-AT, es, fr, pt."
    )
    abstract: Prose = option("", doc="What the report asks and finds, in Markdown with values.")
    params: dict[str, Any] = option({}, doc="Names with defaults; `$name` stands for the value.")
    include: tuple[str, ...] = option(
        (), doc="Files that share `params`, `datasets`, `defaults` and `models` with this spec."
    )
    matrix: dict[str, Any] = option(
        {}, doc="One report for each combination: a name → values, or `{from: dataset.COLUMN}`."
    )
    datasets: dict[str, Any] = option({}, doc="The data, each under a name.")
    defaults: dict[str, Any] = option({}, doc="Keys given to every model that knows them.")
    models: dict[str, Any] = option({}, doc="The models, each under a name.")
    report: tuple[Any, ...] = option(doc="The blocks of the document, in order.")
    output: dict[str, Any] = option({}, doc="Formats, theme and file name.")
    brand: dict[str, Any] = option({}, doc="Whose report it is: logo, name and colour.")


@dataclass(frozen=True, kw_only=True)
class DatasetKeys:
    """The keys of a dataset."""

    source: Any = option(doc="A path, or a mapping with one of `path`, `url`, `sql` and `package`.")
    join: tuple[Any, ...] = option((), doc="Further sources, joined by columns that both have.")
    columns: Any = option(None, doc="Columns to read: a list, or name → label or options.")
    sample: tuple[dict[str, Any], ...] = option((), doc="Who is analysed, step by step.")
    recodes: dict[str, Any] = option({}, doc="New columns, each defined by a recode.")
    design: dict[str, Any] | None = option(
        None, doc="How the rows were drawn: weights, strata, sampling units."
    )


@dataclass(frozen=True, kw_only=True)
class ModelKeys:
    """The keys that every model has, whatever its kind."""

    kind: str = option(doc="The kind of model.")
    data: str | None = option(None, doc="The dataset; needed if there is more than one.")
    label: str | None = option(None, doc="Shown above the model's columns; its name if left out.")
    like: str | None = option(None, doc="Take the keys of another model that are not given here.")
    each: dict[str, Any] | None = option(
        None, doc="A list of models, one for every combination: `{y: [a, b]}`, `$y` inside."
    )
    by: str | None = option(None, doc="One fit for each level of a column.")
    start: str | None = option(None, doc="Begin at the estimates of another model.")


@dataclass(frozen=True, kw_only=True)
class NumberKeys:
    """How numbers are written."""

    p: ThemeName | None = option(
        None,
        doc="The style of probabilities, that of the theme where not given: `apa` and `ama` leave "
        "out the leading zero; `lancet` gives two significant figures and, as in all numbers, a "
        "decimal point at mid-height.",
    )


@dataclass(frozen=True, kw_only=True)
class PdfKeys:
    """What kind of PDF is written."""

    variant: Literal["pdf/ua-1", "pdf/a-3a"] = option(
        "pdf/ua-1",
        doc="The standard that it keeps: `pdf/ua-1` for accessibility, `pdf/a-3a` for archives.",
    )


@dataclass(frozen=True, kw_only=True)
class OutputKeys:
    """What is written, and how it looks."""

    formats: tuple[str, ...] = option(("html", "pdf"), doc="The formats written.")
    theme: ThemeName | str = option(
        "default", doc="How the report looks: its colours, headings and probabilities. A folder of "
        "your own begins with `./`.", examples=("./house",),
    )  # fmt: skip
    name: str = option("report", doc="The file name, without its ending.")
    table_rows: int = option(
        150, doc="A table of more rows is printed in the PDF by its first rows, and attached whole "
        "as CSV; 0 prints every table whole.",
    )  # fmt: skip
    numbers: NumberKeys = option(NumberKeys(), doc="How numbers are written: `{p: apa}`.")
    pdf: PdfKeys = option(PdfKeys(), doc="What kind of PDF: `{variant: pdf/a-3a}`.")


@dataclass(frozen=True, kw_only=True)
class BrandKeys:
    """Whose report it is."""

    logo: str | None = option(
        None, doc="An SVG, PNG or JPEG file beneath the spec's folder, shown beside the title."
    )
    name: str = option("", doc="What the logo says, for those who cannot see it.")
    accent: str = option(
        "", doc="The colour of headings and links: `#0b5a8a`. Where it could not be read it is "
        "made darker or lighter.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ThemeKeys:
    """`theme.yaml` in the folder of a theme of the user's own."""

    base: ThemeName = option("default", doc="The built-in theme that it stands on.")
    numbers: NumberKeys = option(NumberKeys(), doc="How numbers are written: `{p: apa}`.")
    brand: BrandKeys = option(
        BrandKeys(),
        doc="Logo (beneath the theme's folder), name and accent; those of the spec come first.",
    )


@dataclass(frozen=True, kw_only=True)
class ClaimKeys:
    """A claim: a sentence and the comparison that must hold."""

    that: Prose = option(doc="The comparison, over `models`, `data` and `params`.")
