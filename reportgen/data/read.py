"""Reading a dataset's files: the first source, and what is joined to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.digest import of_file
from reportgen.core.errors import DataError, Path, Problem
from reportgen.core.similar import similar
from reportgen.core.types import Step
from reportgen.data import SOURCES
from reportgen.data.dataset import Dataset
from reportgen.data.join import joined
from reportgen.data.postponed import postponed

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Raw:
    """A table as it was read: how many rows the first source had, the digest of all, the joins,
    and the columns that are still to be read, for the rows of the sample.
    """

    loaded: Loaded
    rows: int
    sha256: str
    steps: tuple[Step, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One source of a dataset: where its problems belong, and the columns it has."""

    kind: Any
    options: Any
    path: Path
    on: tuple[str, ...]
    header: tuple[str, ...]


def read(dataset: Dataset, reach: Reach) -> Raw:
    """The declared columns of every source, joined. DataError, its paths from the dataset."""
    return _read(dataset, _parts(dataset, reach), reach, ())


def read_first(dataset: Dataset, reach: Reach) -> Raw:
    """The same but for columns that can wait for the sample, where nothing is wrong."""
    parts = _parts(dataset, reach)
    waiting = postponed(dataset, parts[0].header, reach)
    if waiting:
        with suppress(DataError):
            return _read(dataset, parts, reach, waiting)
    return _read(dataset, parts, reach, ())


def read_later(
    dataset: Dataset, reach: Reach, names: Sequence[str], rows: Sequence[int] | np.ndarray
) -> Loaded:
    """The columns that waited, for the rows of the sample by their places in the file."""
    import numpy as np

    source = SOURCES.load(dataset.source)
    with _told(("source",)):
        loaded: Loaded = source.read_rows(
            dataset.source_options, reach, names, np.asarray(rows, dtype=int)
        )
    return loaded


def _read(
    dataset: Dataset, parts: Sequence[_Part], reach: Reach, waiting: tuple[str, ...]
) -> Raw:  # fmt: skip
    wanted = tuple(dataset.columns)
    _present(wanted, [name for part in parts for name in part.header], dataset)
    _once(parts, wanted)
    keys = tuple(key for part in parts for key in part.on)
    tables: list[Loaded] = []
    for part in parts:
        needed = [name for name in part.header if name in (*wanted, *keys)] if wanted else []
        if waiting:
            needed = [name for name in needed or part.header if name not in waiting]
        with _told(part.path):
            tables.append(part.kind.read(part.options, reach, needed))
    loaded, steps = tables[0], []
    for number, (join, right) in enumerate(zip(dataset.joins, tables[1:], strict=True)):
        try:
            loaded, step = joined(loaded, right, join)
        except DataError as error:
            raise error.under("join", number) from error
        steps.append(step)
    kept = [name for name in wanted if name not in waiting] or list(loaded.table.columns)
    return Raw(
        Loaded(loaded.table[kept], loaded.variables), len(tables[0].table),
        _digest(parts, tables, reach), tuple(steps),
        waiting,
    )  # fmt: skip


def header(dataset: Dataset, reach: Reach) -> tuple[str, ...]:
    """Every column that the sources of a dataset have, from their headers alone."""
    return tuple(dict.fromkeys(name for part in _parts(dataset, reach) for name in part.header))


def _parts(dataset: Dataset, reach: Reach) -> list[_Part]:
    parts = [_part(dataset.source, dataset.source_options, ("source",), (), reach)]
    for number, join in enumerate(dataset.joins):
        path = ("join", number, "source")
        part = _part(join.source, join.source_options, path, join.keys.on, reach)
        before = [name for each in parts for name in each.header]
        for names, where in ((before, "the data so far"), (part.header, f"`{join.name}`")):
            for key in join.keys.on:
                if key not in names:
                    message = f"{where} has no column `{key}`"
                    raise DataError(Problem("no-column", message, ("join", number, "on")))
        parts.append(part)
    return parts


def _part(kind: str, options: Any, path: Path, on: tuple[str, ...], reach: Reach) -> _Part:
    source = SOURCES.load(kind)
    with _told(path):
        source.files(options, reach)
        return _Part(source, options, path, on, source.columns(options, reach))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Puts the place of a source in front of its problems; those of a column have their own."""
    try:
        yield
    except DataError as error:
        raise DataError(
            problem if problem.path[:1] == ("columns",) else problem.under(*path)
            for problem in error.problems
        ) from error


def _digest(parts: Sequence[_Part], tables: Sequence[Loaded], reach: Reach) -> str:
    """The SHA-256 of all sources: files count by their bytes; what is no file by its rows."""
    files = [part.kind.files(part.options, reach) for part in parts]
    if len(files) == 1 and len(files[0]) == 1:
        return of_file(files[0][0])
    digest = hashlib.sha256()
    for own, loaded in zip(files, tables, strict=True):
        for file in own:
            with file.open("rb") as handle:
                while chunk := handle.read(1 << 20):
                    digest.update(chunk)
        if not own:
            digest.update(loaded.table.to_csv(index=False).encode())
    return digest.hexdigest()


def _present(wanted: Sequence[str], names: Sequence[str], dataset: Dataset) -> None:
    problems = []
    for name in wanted:
        if name not in names:
            near = similar(name, names)
            problems.append(
                Problem(
                    "no-column",
                    f"the data of `{dataset.name}` have no column `{name}`",
                    ("columns", name),
                    hint=f"did you mean `{near}`?" if near else "",
                    key=True,
                )
            )
    if problems:
        raise DataError(problems)


def _once(parts: Sequence[_Part], wanted: Sequence[str]) -> None:
    """A column that two sources have, and that does not join them, could be either's."""
    seen: set[str] = set(parts[0].header)
    for number, part in enumerate(parts[1:]):
        both = [name for name in part.header if name in seen and name not in part.on]
        doubtful = [name for name in both if not wanted or name in wanted]
        if doubtful:
            message = f"the column `{doubtful[0]}` is in more than one source"
            raise DataError(Problem(
                "column-twice", message, ("join", number, "source"),
                help="join by it, or rename it in one of the files",
            ))  # fmt: skip
        seen |= set(part.header)
