"""A data set that an installed library ships: `{package: "statsmodels:grunfeld"}`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import option
from reportgen.core.similar import similar


class Package:
    """A data set that comes with an installed library."""

    @dataclass(frozen=True, kw_only=True)
    class Options:
        """Keys of a `source` that is a package."""

        package: str = option(
            doc="`library:name`; statsmodels is the library whose data sets are known.",
            examples=("statsmodels:grunfeld",),
        )

    def files(self, options: Options, reach: Reach) -> tuple[Path, ...]:
        """The files of the data set within the installed library."""
        folder = _folder() / _name(options.package)
        return tuple(sorted(folder.glob("*.csv")))

    def columns(self, options: Options, reach: Reach) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.read(options, reach, ()).table.columns)

    def read(self, options: Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns (all if none are named)."""
        name = _name(options.package)
        table = import_module(f"statsmodels.datasets.{name}").load_pandas().data
        whole = [column for column in table if table[column].dtype == "float64"]
        table = table.rename(columns=str)
        for column in whole:
            values = table[column]
            if values.notna().all() and (values == values.round()).all():
                table[column] = values.astype("int64")
        return Loaded(table[[name for name in table if not columns or name in columns]])


def _folder() -> Path:
    spec = find_spec("statsmodels")
    if spec is None or spec.origin is None:
        raise DataError(Problem("no-package", "statsmodels is not installed", ("package",)))
    return Path(spec.origin).parent / "datasets"


def _name(given: str) -> str:
    """The name of a data set that is really there: only such a name is ever imported."""
    library, _, name = given.partition(":")
    known = sorted(
        path.name
        for path in _folder().iterdir()
        if path.name.isidentifier() and any(path.glob("*.csv"))
    )
    if library == "statsmodels" and name in known:
        return name
    near = similar(name, known)
    raise DataError(
        Problem(
            "no-dataset",
            f"there is no data set `{given}`",
            ("package",),
            hint=f"did you mean `statsmodels:{near}`?" if near else "",
            help="known are statsmodels:" + ", ".join(known),
        )
    )
