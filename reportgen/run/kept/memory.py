"""What a build remembers of earlier ones: facts, results, figures, each by what it depends on.

`Frames` prepares a dataset only when something must look at its rows: a build in which nothing
changed prepares none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any

from reportgen.core.contracts import Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.errors import Problem, ReportgenError
from reportgen.core.types import Facts, Frame, Result
from reportgen.data.dataset import Dataset
from reportgen.data.prepare import prepare
from reportgen.data.read import Raw, read_first
from reportgen.models.engine import PATIENCE
from reportgen.plan.types import FitPlan, Plan
from reportgen.run.kept.cache import Cache
from reportgen.run.kept.keys import DatasetKeys, Inputs, code, computing, dataset_keys, fit_inputs
from reportgen.run.locate import located
from reportgen.run.queues.queue import Rows
from reportgen.run.readings import Readings
from reportgen.run.subgroups import levels_of


class Frames(Mapping[str, Frame]):
    """The prepared datasets of a plan by name, each made when it is first asked for.

    `readings` are those of other reports, where there are any.
    """

    def __init__(
        self, plan: Plan, reach: Reach, cache: Cache | None = None,
        readings: Readings | None = None,
    ) -> None:  # fmt: skip
        self._plan, self._reach, self._readings = plan, reach, readings
        self._cache = cache or Cache(None)
        self._made: dict[str, Frame] = {}

    def __getitem__(self, name: str) -> Frame:
        if name not in self._made:
            dataset = self._plan.datasets[name]
            try:
                self._made[name] = prepare(dataset, self._reach, self._read)
            except ReportgenError as error:
                raise located(error.under("datasets", name), self._plan) from error
        return self._made[name]

    def _read(self, dataset: Dataset, reach: Reach) -> Raw:
        keys = self.keys_[dataset.name] if self._readings else None
        if self._readings is None or keys is None:
            return read_first(dataset, reach)
        return self._readings.read(dataset, reach, keys.files)

    def forget(self) -> None:
        """Let go of all rows; one that is asked for later is made again."""
        self._made.clear()

    def __iter__(self) -> Iterator[str]:
        return iter(self._plan.datasets)

    def __len__(self) -> int:
        return len(self._plan.datasets)

    @cached_property
    def keys_(self) -> Mapping[str, DatasetKeys | None]:
        """What each dataset's columns depend on; None for one whose data are no files.

        DataError, with all their places, for files that are not there.
        """
        found: dict[str, DatasetKeys | None] = {}
        problems: list[Problem] = []
        caught: ReportgenError | None = None
        for name, dataset in self._plan.datasets.items():
            try:
                found[name] = dataset_keys(dataset, self._reach)
            except ReportgenError as error:
                caught = located(error.under("datasets", name), self._plan)
                problems += caught.problems
        if caught:
            raise type(caught)(problems) from caught
        return found

    @cached_property
    def facts(self) -> Mapping[str, Facts]:
        """The facts about every dataset. DataError with the problems of all that are wrong."""
        found: dict[str, Facts] = {}
        problems: list[Problem] = []
        caught: ReportgenError | None = None
        for name, keys in self.keys_.items():
            key = digest([keys.whole, computing()]) if keys else None
            known = self._cache.get("facts", key, Facts) if key else None
            try:
                found[name] = known or self[name].facts
            except ReportgenError as error:
                caught = error
                problems += error.problems
                continue
            if key and known is None:
                self._cache.put("facts", key, found[name])
        if caught:
            raise type(caught)(problems) from caught
        return found


@dataclass
class Memory:
    """The Results of earlier builds, for the fits of one plan."""

    frames: Frames
    cache: Cache
    spec: Path | None = None
    audit: bool = False
    patience: float = PATIENCE
    inputs: dict[str, Inputs] = field(default_factory=dict)
    """What each fit of this build depends on, by its id, as far as that is known without rows."""
    _keys: dict[str, str] = field(default_factory=dict)
    _rows: dict[str, Rows] = field(default_factory=dict)

    def rows(self, data: str) -> Rows:
        """A dataset as tasks name it."""
        if data not in self._rows:
            frame, keys = self.frames[data], self.frames.keys_[data]
            known = [keys.whole, computing(), list(map(str, frame.table))] if keys else None
            self._rows[data] = Rows(frame, digest(known) if known else "")
        return self._rows[data]

    def forget(self) -> None:
        """Let go of all rows: nothing will be fitted any more."""
        self._rows.clear()
        self.frames.forget()

    def levels(self, fit: FitPlan) -> tuple[str, ...]:
        """The subgroups of a model with `by`, in their order."""
        keys = self.frames.keys_[fit.data]
        if keys is None or fit.by is None:
            return levels_of(fit, self.frames[fit.data])
        key = keys.levels(fit.by)
        known = self.cache.read("levels", key)
        if isinstance(known, list):
            return tuple(map(str, known))
        found = levels_of(fit, self.frames[fit.data])
        self.cache.put("levels", key, found)
        return found

    def recall(self, id_: str, fit: FitPlan, level: str | None, observed: bool) -> Result | None:
        """The Result of a fit made before from the very same things, if it is still kept."""
        keys = self.frames.keys_[fit.data]
        start = self.key(fit.start) if fit.start else None
        if keys is None or (fit.start and start is None):
            return None
        inputs = fit_inputs(fit, keys, start, observed, level, given=self.patience)
        self.inputs[id_] = {**inputs, "audit": True} if self.audit else inputs
        self._keys[id_] = digest(self.inputs[id_])
        return self.cache.get("fit", self._keys[id_], Result)

    def keep(self, id_: str, result: Result) -> None:
        """Remember the Result of a fit."""
        key = self.key(id_)
        if key is not None:
            self.cache.put("fit", key, result)

    def key(self, id_: str) -> str | None:
        """The key of a fit that was asked for; None where it depends on more than files."""
        return self._keys.get(id_)

    def computed(self, task: str, data: str, of: str | None) -> str | None:
        """The key of what a block asks for: of a dataset's rows, and of a fit."""
        keys = self.frames.keys_[data]
        fit = self.key(of) if of else None
        if keys is None or (of and fit is None):
            return None
        return digest([task, keys.whole, fit, computing()])

    def last(self) -> Mapping[str, Inputs]:
        """What each fit depended on when this spec was last built."""
        found = self.cache.read("last", self._place)
        return found if isinstance(found, dict) else {}

    def remember(self) -> None:
        """Keep what each fit depended on, so that a plan can say what changed."""
        self.cache.put("last", self._place, self.inputs)

    @property
    def _place(self) -> str:
        return digest(["last", str(self.spec)])

    def known(self) -> dict[str, Any] | None:
        """What all models and datasets of the report rest on; None where that is not known."""
        keys = [each.whole for each in self.frames.keys_.values() if each]
        if len(keys) < len(self.frames):
            return None
        return {"data": digest(keys), "fits": digest(self._keys), "code": code()}
