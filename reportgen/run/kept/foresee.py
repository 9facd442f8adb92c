"""What a build would do: for every step whether it will run, and why. No row is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.models.engine import patience
from reportgen.plan.types import FitPlan, Plan
from reportgen.run.kept.cache import Cache
from reportgen.run.kept.keys import DatasetKeys, Inputs, computing, fit_inputs
from reportgen.run.kept.memory import Frames
from reportgen.run.requests import observed

WORDS = {
    "kind": "the kind of model", "options": "its options", "more": "its imputation",
    "data": "the data", "sample": "who is analysed", "subgroup": "its subgroups",
    "start": "the model it starts from",
    "patience": "the number of models, by which `engine: auto` decides",
    "observations": "a plot wants its observations",
    "code": "another version of reportgen or its libraries",
}  # fmt: skip


@dataclass(frozen=True)
class Foreseen:
    """A step of a build: `runs` says whether it will be done anew, `why` what for."""

    step: str
    name: str
    runs: bool
    why: str


def foresee(
    plan: Plan, frames: Frames, cache: Cache, before: Mapping[str, Inputs]
) -> list[Foreseen]:
    """Every dataset and model of a plan. `before`: what each model depended on when last built."""
    found = [_dataset(name, keys, cache) for name, keys in frames.keys_.items()]
    inputs: dict[str, Inputs | None] = {}
    wanted = observed(plan.blocks)
    for fit in plan.fits.values():
        _inputs(fit, plan, frames, wanted, inputs)
    for fit in plan.fits.values():
        found += _fit(fit, inputs[fit.id], frames, cache, before)
    return found


def _dataset(name: str, keys: DatasetKeys | None, cache: Cache) -> Foreseen:
    if keys is None:
        return Foreseen("read", name, True, "the rows of a query are asked for at every build")
    known = cache.has("facts", digest([keys.whole, computing()]))
    why = "its file and its definition are as before" if known else "new, or changed"
    return Foreseen("read", name, not known, why)


def _inputs(
    fit: FitPlan, plan: Plan, frames: Frames, wanted: frozenset[str],
    found: dict[str, Inputs | None],
) -> Inputs | None:  # fmt: skip
    """What a fit depends on; that of the model it starts from comes first."""
    if fit.id in found:
        return found[fit.id]
    keys = frames.keys_[fit.data]
    start = _inputs(plan.fits[fit.start], plan, frames, wanted, found) if fit.start else None
    if keys is None or (fit.start and start is None):
        found[fit.id] = None
    else:
        seen = bool({fit.id, fit.name} & wanted)
        begin = digest(start) if start else None
        found[fit.id] = fit_inputs(fit, keys, begin, seen, given=patience(plan.declared))
    return found[fit.id]


def _fit(
    fit: FitPlan, inputs: Inputs | None, frames: Frames, cache: Cache, before: Mapping[str, Inputs]
) -> Iterator[Foreseen]:
    if inputs is None:
        yield Foreseen("fit", fit.id, True, "its data are no files, so nothing is known of them")
        return
    for name, own in _subgroups(fit, inputs, frames, cache):
        if cache.has("fit", digest(own)):
            yield Foreseen("fit", name, False, "nothing it depends on has changed")
        else:
            yield Foreseen("fit", name, True, _why(own, before.get(name)))


def _subgroups(
    fit: FitPlan, inputs: Inputs, frames: Frames, cache: Cache
) -> Iterator[tuple[str, Inputs]]:
    """The fits of a model with `by`, as far as an earlier build knew its levels."""
    if fit.by is None:
        yield fit.id, inputs
        return
    keys = frames.keys_[fit.data]
    levels = cache.read("levels", keys.levels(fit.by)) if keys else None
    for level in levels or ():
        yield f"{fit.name}[{level}]", {**inputs, "subgroup": [fit.by, level]}
    if not levels:
        yield f"{fit.name}[…]", inputs


def _why(now: Inputs, before: Inputs | None) -> str:
    """What is not as it was, in words."""
    if before is None:
        return "new"
    changed = [WORDS[key] for key in WORDS if now.get(key) != before.get(key)]
    one, other = now["columns"], before.get("columns", {})
    names = sorted({*one, *other})
    changed += [f"the column `{name}`" for name in names if one.get(name) != other.get(name)]
    return f"changed: {', '.join(changed)}" if changed else "no longer kept"
