"""Names that must meet: every column, formula, model and value that a spec mentions exists.

Nothing here knows a kind: the marks in the annotations of its Options say what each text is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.contracts import Plans, unsuited
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path, Problem, SpecError
from reportgen.core.options import Marked, marks
from reportgen.data.expression import parse as parse_expression
from reportgen.models import MODELS
from reportgen.models.formulas.formula import parse as parse_formula
from reportgen.models.formulas.formula import parse_effects
from reportgen.models.imputed.imputation import check as check_impute
from reportgen.plan.covariates import check_covariate
from reportgen.plan.datasets import Known
from reportgen.plan.planned import planned
from reportgen.plan.problems import Problems, nearest, without_offset
from reportgen.plan.types import BlockPlan, FitPlan
from reportgen.plan.undefined import undefined_stats

GRAMMARS: Mapping[str, Callable[[str], Any]] = {
    "formula": parse_formula,
    "effects": parse_effects,
    "expression": parse_expression,
}


@dataclass(frozen=True)
class Spec:
    """All that was understood, before it is known to hold together."""

    datasets: Mapping[str, Known]
    fits: Mapping[str, FitPlan]
    blocks: tuple[BlockPlan, ...]
    names: frozenset[str]

    @cached_property
    def plans(self) -> Plans:
        """What is known of the models before they are fitted."""
        return planned(self.fits.values())


def check(spec: Spec, problems: Problems) -> None:
    """Tell every name that meets nothing."""
    for known in spec.datasets.values():
        _dataset(known, problems)
    for fit in spec.fits.values():
        _fit(fit, spec, problems)
    for block in spec.blocks:
        if block.options is not None and block.verb in ("table", "plot"):
            _block(block, spec, problems)


# ── datasets ─────────────────────────────────────────────────────────────────────────────────


def _dataset(known: Known, problems: Problems) -> None:
    dataset = known.dataset
    path: Path = ("datasets", dataset.name)
    for number, step in enumerate(dataset.sample):
        for mark in marks(step):
            _mark(mark, (*path, "sample", number), _Use("the step", known, problems))
    for mark in marks(dataset.design) if dataset.design else ():
        _mark(mark, (*path, "design"), _Use(_holder((*path, "design")), known, problems))
    for recode in dataset.recodes:
        use = _Use(f"the recode `{recode.name}`", known, problems)
        for mark in marks(recode.options):
            _mark(mark, (*path, "recodes", recode.name), use)


# ── models ───────────────────────────────────────────────────────────────────────────────────


def _fit(fit: FitPlan, spec: Spec, problems: Problems) -> None:
    data = spec.datasets[fit.data]
    for mark in marks(fit.options):
        origin = fit.origins.get(str(mark.path[0]), (*fit.path, mark.path[0]))
        use = _Use(_holder(origin), data, problems)
        _mark(Marked(mark.role, mark.text, mark.path[1:]), origin, use)
    of_kind = MODELS.load(fit.kind).check(fit.options)
    for problem in (*of_kind, *check_impute(fit.options.impute)):
        key = str(problem.path[0]) if problem.path else ""
        origin = fit.origins.get(key, fit.path)
        rest = problem.path[1:] if key in fit.origins else problem.path
        problems.take(Problem(**{**vars(problem), "path": (*origin, *rest)}))
    if not 0 < fit.options.confidence < 1:
        message = f"`confidence` is between 0 and 1, not {fit.options.confidence:g}"
        hint = "95% is written 0.95" if fit.options.confidence == 95 else ""
        problems.add("confidence", message, fit.origins["confidence"], hint=hint)
    if fit.by is not None:
        _column(fit.by, fit.origins["by"], _Use(_holder(fit.origins["by"]), data, problems))
    _start(fit, spec, problems)


def _holder(origin: Path) -> str:
    """Who wrote a key: a model, the defaults of all, or a dataset; one mistake is told once."""
    if origin[0] == "datasets":
        return f"the design of `{origin[1]}`"
    return "`defaults`" if origin[0] == "defaults" else f"model `{origin[1]}`"


def _start(fit: FitPlan, spec: Spec, problems: Problems) -> None:
    if fit.start is None:
        return
    origin = fit.origins["start"]
    if fit.start not in spec.names:
        message = f"`{fit.name}` starts from `{fit.start}`, which does not exist"
        problems.unknown("unknown-model", message, fit.start, spec.fits, origin)
        return
    seen, at = {fit.id}, fit.start
    while at in spec.fits:
        if at in seen:
            problems.add("start-circle", f"`{fit.id}` starts from itself", origin)
            return
        seen.add(at)
        nxt = spec.fits[at].start
        if nxt is None:
            return
        at = nxt
    problems.add(
        "start-list", f"`{fit.start}` is a list of models; `start` takes one of them", origin
    )


# ── blocks ───────────────────────────────────────────────────────────────────────────────────


def _block(block: BlockPlan, spec: Spec, problems: Problems) -> None:
    of = f"the {block.verb} `{block.object}`"
    found = list(marks(block.options))
    dataset = next((mark.text for mark in found if mark.role == "dataset"), None)
    models = [mark.text for mark in found if mark.role == "model"]
    shown = [fit for fit in spec.fits.values() if {fit.id, fit.name} & set(models)]
    for problem in undefined_stats(block.options, shown, block.path):
        problems.take(problem)
    _suited(block, spec, problems)
    for mark in found:
        path = (*block.path, *mark.path)
        if mark.role == "model":
            _model(mark.text, path, spec, of, problems)
        elif mark.role == "dataset" and mark.text not in spec.datasets:
            message = f"there is no dataset `{mark.text}`"
            problems.unknown("unknown-dataset", message, mark.text, spec.datasets, path)
        elif mark.role == "covariate":
            check_covariate(mark, models, block.path, spec.fits, problems)
        elif mark.role == "column" and mark.path[0] not in block.origins:
            known = _dataset_of(dataset, models, spec)
            if known:
                _mark(mark, block.path, _Use(of, known, problems))


def _suited(block: BlockPlan, spec: Spec, problems: Problems) -> None:
    """Models that exist, of a kind that the block cannot show."""
    kind = (TABLES if block.verb == "table" else PLOTS).load(block.object)
    for problem in unsuited(kind, block.options, spec.plans):
        path = (*block.path, *problem.path)
        problems.take(replace(problem, path=_written_at(path, problems)))


def _written_at(path: Path, problems: Problems) -> Path:
    """Where the first of several stands: one alone may stand without a list around it."""
    return path[:-1] if path[-1] == 0 and path not in problems.source.values else path


def _model(name: str, path: Path, spec: Spec, of: str, problems: Problems) -> None:
    if name in spec.names or _is_subgroup(name, spec):
        return
    message = f"{of} names a model `{name}`, which does not exist"
    place = _written_at(path, problems)
    problems.unknown("unknown-model", message, name, sorted(spec.names), place)


def _is_subgroup(name: str, spec: Spec) -> bool:
    """A member of a model with `by` is known only once the data are read."""
    base = name.partition("[")[0]
    return "[" in name and any(fit.name == base and fit.by for fit in spec.fits.values())


def _dataset_of(dataset: str | None, models: Iterable[str], spec: Spec) -> Known | None:
    if dataset is not None:
        return spec.datasets.get(dataset)
    for name in models:
        for fit in spec.fits.values():
            if name in (fit.id, fit.name):
                return spec.datasets[fit.data]
    return None


# ── one marked text ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Use:
    """What uses columns, as messages call it; the data it takes them from; who is told."""

    of: str
    known: Known
    problems: Problems


def _mark(mark: Marked, base: Path, use: _Use) -> None:
    """A column, or the columns within a formula or an expression."""
    path, problems = (*base, *mark.path), use.problems
    if path not in problems.source.values and path[:-1] in problems.source.values:
        path = path[:-1]
    if mark.role == "column":
        _column(mark.text, path, use)
        return
    if mark.role not in GRAMMARS:
        return
    written = _written(problems, path) == mark.text
    try:
        names = GRAMMARS[mark.role](mark.text).names
    except SpecError as error:
        for problem in error.problems:
            under = problem.under(*path)
            problems.take(under if written else without_offset(under))
        return
    for name in names:
        offset = name.offset if written else None
        _column(name.text, path, use, offset, name.length)


def _column(
    name: str, path: Path, use: _Use, offset: int | None = None, length: int | None = None
) -> None:
    columns = use.known.columns
    if columns is None or name in columns:
        return
    data = use.known.dataset.name
    use.problems.take(
        Problem(
            "unknown-column",
            f"{use.of} uses a column `{name}` that `{data}` does not have",
            path,
            hint=nearest(name, list(columns)),
            help=f"columns of {data}: {', '.join(columns)}",
            offset=offset,
            length=length,
        )
    )


def _written(problems: Problems, path: Path) -> Any:
    """What really stands at a path, before anything was put in for `$name`."""
    value = problems.source.data
    for part in path:
        value = value[int(part)] if isinstance(value, list) else value.get(part)
    return value
