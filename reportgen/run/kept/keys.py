"""What each step of a build depends on, by name: the keys under which results are kept.

A key says everything that could change a number and nothing that could not: the bytes of the
data, the options after parsing, the definitions of the columns used and of the sample, versions
and the code itself; never labels, captions, paths or times. `inputs` are kept beside a result, so
that `plan` can say what changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import reportgen
from reportgen.core.contracts import Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest, of_file, plain
from reportgen.core.options import marks
from reportgen.data import RECODES, SOURCES
from reportgen.data.dataset import ColumnOptions, Dataset, RecodeStep
from reportgen.data.expression import parse as parse_expression
from reportgen.data.order import inputs as recode_inputs
from reportgen.models import MODELS
from reportgen.models.engine import heeded
from reportgen.models.formulas.formula import parse as parse_formula
from reportgen.models.formulas.formula import parse_effects
from reportgen.plan.types import FitPlan

SHOWN = ("label", "unit")
"""What is only shown, and changes no number."""

HOME = Path(reportgen.__file__).parent
COMPUTING = (
    *("core", "data", "models"),
    *("run/domains.py", "run/subgroups.py", "run/queues/worker.py"),
)
"""The code that a number can depend on."""
SHOWING = ("matplotlib", "weasyprint")
"""Libraries that compute no number."""

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class DatasetKeys:
    """What the columns of one dataset depend on. `files` is the digest of all its files."""

    dataset: Dataset
    files: str

    def column(self, name: str) -> Any:
        """The definition of a column, down to the columns of the files."""
        step = self._makers.get(name)
        if step is None:
            return _unshown(self.dataset.columns.get(name, ColumnOptions()))
        needed = {each.text for _, each in recode_inputs(step)}
        return [
            step.verb,
            _unshown(step.options),
            {each: self.column(each) for each in sorted(needed - {name})},
        ]

    @property
    def sample(self) -> Any:
        """Who is analysed: the steps, and the columns that decide."""
        steps = [{**plain(step), "label": None} for step in self.dataset.sample]
        return [steps, {name: self.column(name) for name in sorted(self._deciding())}]

    def column_digest(self, name: str) -> str:
        """The digest of the definition of a column."""
        if name not in self._digests:
            self._digests[name] = digest(self.column(name))
        return self._digests[name]

    @cached_property
    def sample_digest(self) -> str:
        """The digest of who is analysed."""
        return digest(self.sample)

    @cached_property
    def whole(self) -> Any:
        """Everything about the dataset, labels too: what facts and tables of it depend on."""
        return [self.files, plain(self.dataset.columns), plain(self.dataset.sample),
                plain(self.dataset.recodes), self.dataset.name]  # fmt: skip

    def levels(self, by: str) -> str:
        """The key of the levels that a column has among those analysed."""
        return digest(["levels", self.files, self.sample, self.column(by), computing()])

    @cached_property
    def _digests(self) -> dict[str, str]:
        """Those of columns asked for so far: a thousand models may ask for the same."""
        return {}

    @cached_property
    def _makers(self) -> Mapping[str, RecodeStep]:
        return {
            column: step
            for step in self.dataset.recodes
            for column in RECODES.load(step.verb).outputs(step.name, step.options)
        }

    def _deciding(self) -> set[str]:
        names: set[str] = set()
        for step in self.dataset.sample:
            if step.complete == "all":
                names |= set(self.dataset.columns)
            elif step.complete:
                names |= set(step.complete)
            names |= set(step.drop_duplicates)
            if step.where is not None:
                names |= {each.text for each in parse_expression(step.where).names}
        return names


def dataset_keys(dataset: Dataset, reach: Reach) -> DatasetKeys | None:
    """The keys of a dataset whose data are files; None for a query, whose rows must be read."""
    digests = []
    for kind, options in (
        (dataset.source, dataset.source_options),
        *((join.source, join.source_options) for join in dataset.joins),
    ):
        files = SOURCES.load(kind).files(options, reach)
        if not files:
            return None
        digests.append([kind, {**plain(options), "path": None}, [of_file(file) for file in files]])
    joins = [plain(replace(join.keys, source=None)) for join in dataset.joins]
    return DatasetKeys(dataset, digest([digests, joins]))


def fit_inputs(
    fit: FitPlan, keys: DatasetKeys, start: str | None, observed: bool, level: str | None = None,
    *, given: float,
) -> Inputs:  # fmt: skip
    """All that the Result of a model depends on, by name; `given` is the patience of its engine."""
    kind = MODELS.load(fit.kind)
    return {
        "kind": [fit.kind, getattr(kind, "version", "")],
        "options": plain(fit.options),
        "more": plain(_more(fit)),
        "data": keys.files,
        "sample": keys.sample_digest,
        "columns": {name: keys.column_digest(name) for name in sorted(_used(fit, keys))},
        "subgroup": [fit.by, level],
        "start": start,
        "patience": heeded(kind, fit.options, given),
        "observations": observed,
        "code": computing(),
    }


def _more(fit: FitPlan) -> dict[str, Any]:
    """What a model has beside the options of its kind that changes its numbers."""
    shown = {"id", "name", "kind", "data", "label", "options", "path", "values", "by", "start",
             "origins"}  # fmt: skip
    return {name: value for name, value in vars(fit).items() if name not in shown}


def _used(fit: FitPlan, keys: DatasetKeys) -> Iterable[str]:
    """The columns of a model; all there are where more than its options decides (imputation)."""
    if any(_more(fit).values()):
        return {*keys.dataset.columns, *keys._makers}
    readers: dict[str, Callable[[str], Any]]
    readers = {"formula": parse_formula, "effects": parse_effects, "expression": parse_expression}
    names = {fit.by} if fit.by else set()
    for mark in marks(fit.options):
        if mark.role == "column":
            names.add(mark.text)
        elif mark.role in readers:
            names |= _columns_of(readers[mark.role](mark.text))
    return names


def _columns_of(parsed: Any) -> set[str]:
    columns = getattr(parsed, "columns", None)
    return set(columns) if columns is not None else {each.text for each in parsed.names}


def _unshown(options: Any) -> Any:
    """Options without what is only shown; of levels the codes and their order."""
    made = {key: value for key, value in plain(options).items() if key not in SHOWN}
    if isinstance(made.get("levels"), dict):
        made["levels"] = list(made["levels"])
    return made


@cache
def code() -> str:
    """All that a page depends on beside its spec and data: reportgen's code, and versions."""
    from reportgen.run.facts import versions

    return digest([code_digest(HOME, [""], (".py", ".toml")), versions()])


@cache
def computing() -> str:
    """What a number depends on: the code that computes, and the versions of what it computes by.
    A report that is set otherwise fits nothing.
    """
    from reportgen.run.facts import LIBRARIES, versions

    known = versions()
    names = ("python", *(name for name in LIBRARIES if name not in SHOWING))
    return digest([code_digest(HOME, COMPUTING, (".py",)), {name: known[name] for name in names}])


def code_digest(folder: Path, parts: Iterable[str], endings: tuple[str, ...]) -> str:
    """The digest of the files of these endings in a package's files and folders ("": all)."""
    found = hashlib.sha256()
    home = str(folder)
    for path in sorted(path for part in parts for path in _files(os.path.join(home, part))):
        if path.endswith(endings):
            found.update(path.removeprefix(home).replace(os.sep, "/").encode())
            with open(path, "rb", buffering=0) as file:
                found.update(file.read())
    return found.hexdigest()


def _files(place: str) -> Iterator[str]:
    """A file, or all those below a folder. Paths are texts: there are hundreds at every build."""
    if os.path.isfile(place):
        yield place
    for folder, inner, names in os.walk(place):
        inner[:] = [name for name in inner if name != "__pycache__"]
        yield from (os.path.join(folder, name) for name in names)
