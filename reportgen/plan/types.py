"""The nouns of this floor: a Spec is what the author wrote, a Plan is what will be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path, Place
from reportgen.core.types import Scalar
from reportgen.data.dataset import Dataset
from reportgen.plan.schema import BrandKeys

Verb = Literal["section", "subsection", "text", "claim", "table", "plot", "page_break"]


@dataclass(frozen=True)
class Source:
    """A spec's text as plain data, and where each value and each key stands.

    Keys of `values` and `keys` are paths: `("models", "sbp_gee", "formula")`. `texts` has the text
    of every file where a spec includes others.
    """

    file: str
    text: str
    data: Any
    values: Mapping[Path, Place]
    keys: Mapping[Path, Place]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """Everything that was written: this file, then each that it includes."""
        return "".join(self.texts.values()) or self.text


@dataclass(frozen=True)
class FitPlan:
    """One model to be fitted. With `by`, one for each level of a column, known once data are read.

    `options` is an instance of the kind's Options; `start` is the id of the model whose estimates
    begin the search; `values` holds what an `each` put in. `path` is where the model stands in the
    spec; `origins` says for each key where its value really stands (a default, another model).
    """

    id: str
    name: str
    kind: str
    data: str
    label: str
    options: Any
    path: Path
    values: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    start: str | None = None
    origins: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Axis:
    """One name of a matrix: its values, or the dataset and column that they are the levels of."""

    name: str
    values: tuple[str, ...] = ()
    origin: tuple[str, str] | None = None


@dataclass(frozen=True)
class BlockPlan:
    """One block of the report: its verb, its object (a kind, a text), its options, its place.

    `origins` say where options stand that are written elsewhere, in the design of a dataset.
    """

    verb: Verb
    object: str
    options: Any
    path: Path
    origins: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """What is written, and how it looks."""

    formats: tuple[str, ...] = ("html", "pdf")
    theme: str = "default"
    name: str = "report"
    numbers: Mapping[str, Scalar] = field(default_factory=dict)
    table_rows: int = 150
    pdf_variant: str = "pdf/ua-1"


@dataclass(frozen=True)
class Plan:
    """The whole build, checked: every name meets its thing, every option is typed.

    `declared`: how many models the spec writes down, in all reports of its matrix; what only the
    data know, levels of `by` and of an axis, counts as one.
    `given` are the values that the command line, or a matrix, gives to names of the spec; `engine`
    is the one it gives to all models, where that is not what the spec says itself.
    """

    source: Source
    title: str
    datasets: Mapping[str, Dataset]
    fits: Mapping[str, FitPlan]
    blocks: tuple[BlockPlan, ...]
    output: Output
    params: Mapping[str, Scalar]
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    lang: str = "en"
    brand: BrandKeys = field(default_factory=BrandKeys)
    abstract: str = ""
    axes: tuple[Axis, ...] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    declared: int = 1
    given: Mapping[str, str] = field(default_factory=dict)
    engine: str | None = None

    def place(self, path: Path) -> Place:
        """Where a path stands; the nearest value above it where it is not written itself."""
        while path and path not in self.source.values:
            path = path[:-1]
        return self.source.values[path]
