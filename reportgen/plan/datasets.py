"""Datasets: from what is written under `datasets` to a Dataset, and the columns each will have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path, SpecError
from reportgen.core.types import Variable
from reportgen.data import RECODES, SOURCES
from reportgen.data.dataset import ColumnOptions, Dataset, Design, RecodeStep, SampleStep
from reportgen.data.formats import ENDINGS, kind_of
from reportgen.data.join import Join, JoinKeys
from reportgen.data.order import order
from reportgen.plan.convert import options
from reportgen.plan.problems import Problems
from reportgen.plan.schema import DatasetKeys

WAYS = ("path", "url", "sql", "package")
"""The keys that say where data come from; a source has exactly one of them."""


@dataclass(frozen=True)
class Known:
    """What is known of a dataset before it is read. `columns` is None where that is nothing."""

    dataset: Dataset
    columns: tuple[str, ...] | None
    labels: Mapping[str, str]


Header = Callable[[Dataset], tuple[str, ...] | None]
"""Gives the columns that a dataset's files have; None where that is not known."""


def unknown(dataset: Dataset) -> None:
    """Nothing is known of the files."""


def datasets(given: Any, problems: Problems, header: Header = unknown) -> dict[str, Known]:
    """Every dataset that could be understood, by name."""
    found: dict[str, Known] = {}
    for name, raw in (given or {}).items():
        path = ("datasets", name)
        keys = _mapping(raw, path, problems, f"the dataset `{name}`") and options(
            DatasetKeys, raw, path, problems, f"the dataset `{name}`"
        )
        known = _dataset(name, keys, path, problems, header) if keys else None
        if known:
            found[name] = known
    return found


def _dataset(
    name: str, keys: DatasetKeys, path: Path, problems: Problems, header: Header
) -> Known | None:
    source = _source(keys.source, (*path, "source"), problems)
    columns = _columns(keys.columns, (*path, "columns"), problems)
    sample = tuple(
        _step(raw, (*path, "sample", number), problems) for number, raw in enumerate(keys.sample)
    )
    recodes = _recodes(keys.recodes, (*path, "recodes"), problems)
    joins = _joins(keys.join, (*path, "join"), problems)
    design = None if keys.design is None else options(
        Design, keys.design, (*path, "design"), problems, "`design`"
    )  # fmt: skip
    if source is None or None in sample:
        return None
    steps = tuple(step for step in sample if step is not None)
    dataset = Dataset(name, *source, columns, steps, recodes, joins, design)
    made = _outputs(dataset, path, problems)
    there = header(dataset)
    for column in dataset.columns if there is not None else ():
        if column not in (there or ()):
            message = f"the data of `{name}` have no column `{column}`"
            problems.unknown(
                "no-column", message, column, there or (), (*path, "columns", column), key=True
            )
    whole = made if dataset.columns else None if there is None else (*there, *made)
    return Known(dataset, whole, _labels(dataset))


def _source(raw: Any, path: Path, problems: Problems) -> tuple[str, Any] | None:
    """The source's kind and options: a text is a path, whose ending tells the format."""
    given = {"path": raw} if isinstance(raw, str) else raw
    if not _mapping(given, path, problems, "`source`"):
        return None
    named = [key for key in given if key in WAYS]
    if len(named) != 1:
        message = "`source` names exactly one of `path`, `url`, `sql` and `package`"
        problems.add("source", message, path, help="write `source: file.csv`")
        return None
    way = named[0]
    kind = kind_of(str(given[way])) if way == "path" else way
    if kind is None and "$" in str(given[way]):
        return None  # a parameter that is not there was told
    if kind is None:
        message = f"no source reads a file called `{given[way]}`"
        where = (*path, way) if isinstance(raw, Mapping) else path
        problems.add("unknown-ending", message, where, help=f"endings: {', '.join(ENDINGS)}")
        return None
    made = options(SOURCES.load(kind).Options, given, path, problems, "`source`")
    return (kind, made) if made else None


def _joins(given: tuple[Any, ...], path: Path, problems: Problems) -> tuple[Join, ...]:
    found = []
    for number, raw in enumerate(given):
        where = (*path, number)
        keys = _mapping(raw, where, problems, "a join") and options(
            JoinKeys, raw, where, problems, "a join"
        )
        source = _source(keys.source, (*where, "source"), problems) if keys else None
        if keys and source:
            found.append(Join(_name(source[1]), *source, keys))
    return tuple(found)


def _name(options: Any) -> str:
    """What a source is called in the flow of rows."""
    for key in ("path", "url", "package"):
        if hasattr(options, key):
            return str(getattr(options, key)).rsplit("/", 1)[-1]
    return "the query"


def _columns(raw: Any, path: Path, problems: Problems) -> dict[str, ColumnOptions]:
    """A list of names, or a mapping from name to label or options."""
    if raw is None:
        return {}
    if isinstance(raw, list):
        for number, name in enumerate(raw):
            if not isinstance(name, (str, int)) or raw.index(name) != number:
                problems.add("columns", "a column is a name, and stands once", (*path, number))
        return {str(name): ColumnOptions() for name in raw}
    if not _mapping(raw, path, problems, "`columns`"):
        return {}
    found: dict[str, ColumnOptions] = {}
    for name, given in raw.items():
        if isinstance(given, Mapping):
            made = options(ColumnOptions, given, (*path, name), problems, f"the column `{name}`")
            found[name] = made or ColumnOptions()
        elif isinstance(given, list):
            problems.add("wrong-type", f"`{name}` must be a label or a mapping", (*path, name))
        else:
            found[name] = ColumnOptions(label=None if given is None else str(given))
    return found


def _step(raw: Any, path: Path, problems: Problems) -> SampleStep | None:
    made: SampleStep | None = options(SampleStep, raw, path, problems, "the step")
    if made is None:
        return None
    verbs = [bool(made.complete), bool(made.where), bool(made.drop_duplicates)]
    if sum(verbs) != 1:
        message = "a step names exactly one of `complete`, `where` and `drop_duplicates`"
        problems.add("sample", message, path)
        return None
    return made


def _recodes(given: Mapping[str, Any], path: Path, problems: Problems) -> tuple[RecodeStep, ...]:
    steps = (_recode(name, raw, (*path, name), problems) for name, raw in given.items())
    return tuple(step for step in steps if step)


def _recode(name: str, raw: Any, path: Path, problems: Problems) -> RecodeStep | None:
    """A text is an expression; else the first key is the verb."""
    given = {"expr": raw} if isinstance(raw, str) else raw
    if not _mapping(given, path, problems, f"the recode `{name}`") or not given:
        return None
    verb = next(iter(given))
    if verb not in RECODES:
        later = [key for key in given if key in RECODES]
        if later:
            message = f"the verb of a recode comes first: `{{{later[0]}: …, {verb}: …}}`"
            problems.add("verb-first", message, (*path, verb), key=True)
        else:
            message = f"there is no recode `{verb}`"
            problems.unknown("unknown-recode", message, verb, RECODES, (*path, verb), key=True)
        return None
    kind = RECODES.load(verb)
    made = options(kind.Options, given, path, problems, f"the recode `{name}`")
    if made is None:
        return None
    problems.take_all(kind.check(made), *path)
    return RecodeStep(name, verb, made)


def _outputs(dataset: Dataset, path: Path, problems: Problems) -> tuple[str, ...]:
    """The declared columns, and those that recodes make."""
    made: list[str] = []
    for step in dataset.recodes:
        for column in RECODES.load(step.verb).outputs(step.name, step.options):
            if column in dataset.columns or column in made:
                message = f"the column `{column}` is there already"
                problems.add("column-twice", message, (*path, "recodes", step.name), key=True)
            made.append(column)
    try:
        order(dataset.recodes)
    except SpecError as error:
        # A text that is no expression is told where expressions are checked; a circle only here.
        circles = [problem for problem in error.problems if problem.code == "recode-circle"]
        problems.take_all(circles, *path)
    return (*dataset.columns, *made)


def _labels(dataset: Dataset) -> dict[str, str]:
    labels = {name: column.label for name, column in dataset.columns.items() if column.label}
    for step in dataset.recodes:
        described: Mapping[str, Variable] = RECODES.load(step.verb).describe(
            step.name, step.options
        )
        labels.update({name: variable.label for name, variable in described.items()})
    return labels


def _mapping(raw: Any, path: Path, problems: Problems, of: str) -> bool:
    if isinstance(raw, Mapping):
        return True
    problems.add("wrong-type", f"{of} must be a mapping", path)
    return False
