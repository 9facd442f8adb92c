"""The five contracts. A new kind is one class that keeps one of these, and one registry line.

Wings hold the classes; nothing here imports them. Heavy libraries are imported inside methods,
so that loading a kind (to check a spec, to list what there is) costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Document, Figure, Table
from reportgen.core.errors import Problem
from reportgen.core.types import Frame, Result, Variable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Loaded:
    """What a source read: a table as it came, and what the file itself says of its columns."""

    table: pd.DataFrame
    variables: Mapping[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True)
class Reach:
    """What a source may touch: folders, the network where it was asked for, secrets by name.

    `roots` are the spec's folder and the data folders, in their order. `downloads` is the folder
    where fetched files are kept; they are fetched only with `fetch`. `secrets` is the environment.
    """

    roots: tuple[Path, ...]
    downloads: Path | None = None
    fetch: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class Source(Protocol):
    """A place that data come from.

    One that can read some rows without the others may also have `alike(options, reach)`, the names
    of columns whose values do not depend on which rows are read, and `read_rows(options, reach,
    columns, rows)`, those columns for rows by their places in ascending order.
    """

    Options: ClassVar[type]

    def files(self, options: Any, reach: Reach) -> tuple[Path, ...]:
        """The files that will be read (for the fingerprint); none where the data are no files."""

    def columns(self, options: Any, reach: Reach) -> tuple[str, ...]:
        """The names of the columns, from the header alone."""

    def read(self, options: Any, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The table, with at least `columns` (all if empty). DataError if it cannot be."""


class Recode(Protocol):
    """A definition of new columns out of old ones.

    One that can say more of them once it sees the data has `learn(name, options, table)`, which
    gives what `describe` gives.
    """

    Options: ClassVar[type]

    def when(self, options: Any) -> Literal["row", "sample"]:
        """Whether it looks at one row at a time, or across the rows analysed."""

    def outputs(self, name: str, options: Any) -> tuple[str, ...]:
        """The columns it makes."""

    def check(self, options: Any) -> Iterable[Problem]:
        """What is wrong with the options by themselves."""

    def apply(self, name: str, options: Any, table: pd.DataFrame) -> Mapping[str, pd.Series]:
        """The new columns, row by row with `table`, which is left as it was."""

    def describe(self, name: str, options: Any) -> Mapping[str, Variable]:
        """How the new columns are shown, as far as the options say."""


class ModelKind(Protocol):
    """A statistical model.

    A kind may have `lacks`, a mapping from the names of statistics that it does not define to what
    should be asked for instead; `multilevel`, true where it has random effects; and `family`, where
    its outcome has one distribution: so a spec that asks for what a model does not have is told
    before anything is read. One with `sampled` true takes the design of its dataset (`weights`,
    `strata`, `psu`, …) where it writes none; a block may have it too.
    One with `weighs` true decides by `models/engine.py` who fits a model of `engine: auto`.
    """

    Options: ClassVar[type]
    version: ClassVar[str]

    def check(self, options: Any) -> Iterable[Problem]:
        """What is wrong with the options by themselves, known without data."""

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Any:
        """The live fit. FitError where the data allow none, DataError where they are wrong."""

    def tidy(self, fit: Any) -> Result:
        """The fit as plain data, with every finding about its health among the notes."""

    def augment(self, fit: Any) -> Mapping[str, tuple[float, ...]]:
        """A row an observation: fitted, residual, … for plots that show them."""


@dataclass(frozen=True)
class Request:
    """A fit or a computation that a block asks of the run: a model kind, and the rows it is for.

    `options` are plain values by the keys of the kind. The rows are those of the dataset `data`,
    or those that the model with the id `of` was given (a subgroup's, with `by`). A kind of
    `models.INTERNAL` is handed the Result of that model as its `start`, to compute from.
    """

    kind: str
    options: Mapping[str, Any]
    data: str | None = None
    of: str | None = None


WEIGHTS = ("weights", "freq_weights", "var_weights")
"""The keys by which the rows of a model count more or less."""


@dataclass(frozen=True)
class Planned:
    """What is known of a model before it is fitted.

    `family` is the distribution of its outcome ("" where its kind names none), `multilevel` whether
    it has random effects, `weighted` whether its rows have weights, `by` whether it will be a
    model for each level of a column, which only the data have.
    """

    id: str
    name: str
    kind: str
    family: str = ""
    multilevel: bool = False
    weighted: bool = False
    by: bool = False


@dataclass(frozen=True)
class Plans:
    """The models of a spec before any is fitted, in its order."""

    models: tuple[Planned, ...]

    def select(self, names: Sequence[str]) -> tuple[Planned, ...]:
        """The models meant by names: ids, names of lists, and levels of `by`, as `base[level]`."""
        chosen: dict[str, Planned] = {}
        for name in names:
            base = name.partition("[")[0]
            for plan in self.models:
                if name in (plan.id, plan.name) or (plan.by and plan.name == base):
                    chosen.setdefault(plan.id, plan)
        return tuple(chosen.values())


class Block(Protocol):
    """A table or a plot. `observes` asks for the observations of the models shown.

    A block that cannot show every kind of model has a method besides, which is called before
    anything is read; `unsuited` is the way to call it:

        def suits(self, options, plans) -> Iterable[Problem]

    One that needs more than the models' Results has another:

        def requests(self, options, context) -> Mapping[str, Request]

    It is called when all models are fitted. What each Request gives is a Result (of status
    "failed" where there is none), which `build` finds by the same name in `context.computed`.
    Requests that are equal are computed once. `ask` is the way to call it.
    """

    Options: ClassVar[type]
    observes: ClassVar[bool]

    def check(self, options: Any) -> Iterable[Problem]:
        """What is wrong with the options by themselves."""

    def build(self, options: Any, context: Context) -> Table | Figure:
        """The block, from Results alone."""


def unsuited(block: Block, options: Any, plans: Plans) -> Iterable[Problem]:
    """What is wrong with the models a block is to show, as far as their plans tell."""
    suits = getattr(block, "suits", None)
    return suits(options, plans) if suits else ()


def ask(block: Block, options: Any, context: Context) -> Mapping[str, Request]:
    """What a block asks of the run, by names of its own; nothing where it has no `requests`."""
    requests = getattr(block, "requests", None)
    return requests(options, context) if requests else {}


class Writer(Protocol):
    """An output format.

    A writer that needs more than this package has a method besides, which is called before anything
    is fitted; `ready` is the way to call it:

        def require(self) -> None        DocumentError that says what to install

    One whose file needs others beside it, or that has no file of its own (and no `render`), has
    another; `written` is the way to call both:

        def files(self, document) -> Mapping[str, bytes]      by names below the output folder

    One with `pictures` true needs the figures as PNG.
    """

    suffix: ClassVar[str]

    def render(self, document: Document) -> bytes:
        """The whole file. DocumentError where it cannot be made."""


def ready(writer: Writer) -> None:
    """DocumentError where a writer lacks a library that it needs."""
    require = getattr(writer, "require", None)
    if require:
        require()


def written(writer: Writer, document: Document, name: str) -> dict[str, bytes]:
    """What a writer makes of a report: a file called `name`, and those that belong to it."""
    render, files = getattr(writer, "render", None), getattr(writer, "files", None)
    own = {f"{name}{writer.suffix}": render(document)} if render else {}
    return own | (dict(files(document)) if files else {})
