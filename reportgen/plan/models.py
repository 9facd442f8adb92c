"""Models: `defaults`, `like`, `each` and kinds, from what is written to the fits to be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields, replace
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain, product
from math import prod
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path, Problem
from reportgen.core.limits import most, raising
from reportgen.core.options import spelled
from reportgen.core.types import level_text
from reportgen.models import INTERNAL, MODELS
from reportgen.plan import designs
from reportgen.plan.convert import options
from reportgen.plan.datasets import Known
from reportgen.plan.params import REFERENCE, substitute
from reportgen.plan.problems import Problems
from reportgen.plan.schema import ModelKeys
from reportgen.plan.types import FitPlan

COMMON = tuple(each.name for each in fields(ModelKeys))
TEXTS = ("data", "label", "by", "start")
NOT_TAKEN = frozenset({"label", "like"})
NO_DEFAULT = frozenset({"kind", "like", "each"})


@dataclass(frozen=True)
class Merged:
    """A model after `like` and `defaults`: its keys, and where the value of each really stands.

    `refused` are keys it was given that its kind does not know.
    """

    keys: Mapping[str, Any]
    origins: Mapping[str, Path] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


class Models:
    """Understands every model of a spec; `resolved` are their keys after merging."""

    def __init__(
        self, given: Any, defaults: Any, known: Mapping[str, Known], problems: Problems
    ) -> None:
        self.given: Mapping[str, Any] = given or {}
        self.defaults: Mapping[str, Any] = defaults or {}
        self.known = known
        self.problems = problems
        self.resolved: dict[str, Merged] = {}
        self._open: list[str] = []
        self._circular: set[str] = set()

    def fits(self) -> dict[str, FitPlan]:
        """Every fit by its id, in the order of the spec."""
        self._check_defaults()
        found: dict[str, FitPlan] = {}
        for name in self.given:
            merged = self._merged(name)
            if merged is None:
                continue
            for fit in self._members(name, merged):
                found[fit.id] = fit
        if len(found) > most("models"):
            self._too_many(len(found), ("models",))
        return found

    def _too_many(self, count: int, path: Path) -> None:
        message = f"{count:,} models are more than {most('models'):,}"
        help_ = f"divide them among several specs; {raising('models')}"
        self.problems.add("too-many-models", message, path, help=help_)

    def _check_defaults(self) -> None:
        """Every default is a key of some kind; those that the spec uses are asked first."""
        known = set(COMMON) - NO_DEFAULT
        written = (own.get("kind") for own in self.given.values() if isinstance(own, Mapping))
        for kind in chain(filter(is_kind, written), kinds()):
            known.update(keys_of(kind))
            if known.issuperset(self.defaults):
                return
        for key in self.defaults:
            if key not in known:
                message = f"no kind of model has a key `{key}`"
                self.problems.unknown(
                    "unknown-key", message, key, known, ("defaults", key), key=True, help=" "
                )

    def _merged(self, name: str) -> Merged | None:
        """A model's own keys over those it is like; None where that cannot be told."""
        if name in self.resolved:
            return self.resolved[name]
        path, own = ("models", name), self.given[name]
        if not isinstance(own, Mapping):
            self.problems.add("wrong-type", f"the model `{name}` must be a mapping", path)
            return None
        base = self._base(name, own, path)
        kind = own.get("kind", base.keys.get("kind") if base else None)
        if base is None or not self._kind_is_known(name, kind, path):
            return None
        allowed = (*keys_of(kind), *COMMON)
        refused = tuple(key for key in own if key not in allowed)
        for key in refused:
            message = f"the model `{name}` of kind `{kind}` has no key `{key}`"
            self.problems.unknown("unknown-key", message, key, allowed, (*path, key), key=True)
        taken = {
            key: value
            for key, value in base.keys.items()
            if key not in NOT_TAKEN and base.origins[key][0] != "datasets"
        }
        keys = {key: value for key, value in {**taken, **own}.items() if key in allowed}
        origins = {**base.origins, **{key: (*path, key) for key in own}}
        self.resolved[name] = self._drawn(kind, Merged(keys, origins, refused))
        return self.resolved[name]

    def _drawn(self, kind: str, merged: Merged) -> Merged:
        """The model with the design of its dataset, where it heeds one and writes none."""
        data = next(iter(self.known)) if len(self.known) == 1 else merged.keys.get("data")
        if not isinstance(data, str) or data not in self.known:
            return merged
        dataset = self.known[data].dataset
        drawn = designs.taken(MODELS.load(kind), merged.keys, dataset)
        keys = {key: getattr(dataset.design, key) for key in drawn}
        return replace(merged, keys={**merged.keys, **keys}, origins={**merged.origins, **drawn})

    def _base(self, name: str, own: Mapping[str, Any], path: Path) -> Merged | None:
        """What a model takes from elsewhere: the model it is like, or the defaults."""
        like = own.get("like")
        if like is None:
            origins: dict[str, Path] = {key: ("defaults", key) for key in self.defaults}
            return Merged(self.defaults, origins)
        if not isinstance(like, str) or like not in self.given:
            message = f"the model `{name}` is like `{like}`, which does not exist"
            self.problems.unknown("unknown-model", message, str(like), self.given, (*path, "like"))
            return None
        if like in self._circular:
            return None
        if like in self._open or like == name:
            self._circular |= {*self._open, name}
            circle = " → ".join([*self._open, name, like])
            self.problems.add(
                "like-circle", f"models are like each other: {circle}", (*path, "like")
            )
            return None
        self._open.append(name)
        base = self._merged(like)
        self._open.pop()
        if base is None:
            return None
        # A key that the other kind does not know may still be a default for this one.
        return Merged(
            {**self.defaults, **base.keys},
            {**{key: ("defaults", key) for key in self.defaults}, **base.origins},
        )

    def _kind_is_known(self, name: str, kind: Any, path: Path) -> bool:
        if is_kind(kind):
            return True
        if kind is None:
            self.problems.add(
                "missing-key", f"the model `{name}` needs the key `kind`", path,
                help=f"kinds are {', '.join(kinds())}",
            )  # fmt: skip
        else:
            message = f"there is no kind of model `{kind}`"
            self.problems.unknown("unknown-kind", message, str(kind), kinds(), (*path, "kind"))
        return False

    # ── members of a list ────────────────────────────────────────────────────────────────────

    def _members(self, name: str, merged: Merged) -> list[FitPlan]:
        data = self._data(name, merged) if self._are_texts(name, merged) else None
        each = merged.keys.get("each")
        if data is None:
            return []
        if each is None:
            fit = self._fit(name, name, merged, data, {})
            return [fit] if fit else []
        choices = self._choices(name, each, merged, data)
        if choices is None:
            return []
        if prod(map(len, choices.values())) > most("models"):
            self._too_many(prod(map(len, choices.values())), merged.origins["each"])
            return []
        made = []
        for values in product(*choices.values()):
            chosen = dict(zip(choices, values, strict=True))
            fit = self._fit(name, f"{name}[{','.join(values)}]", merged, data, chosen)
            if fit is None:
                return []  # what is wrong with one member is wrong with all, and told once
            made.append(fit)
        return made

    def _are_texts(self, name: str, merged: Merged) -> bool:
        """Whether what every model has is written as one text each."""
        wrong = [key for key in TEXTS if isinstance(merged.keys.get(key), (dict, list))]
        for key in wrong:
            path = merged.origins.get(key, ("models", name))
            self.problems.add("wrong-type", f"`{key}` is one text, not a list or a mapping", path)
        return not wrong

    def _data(self, name: str, merged: Merged) -> str | None:
        data, path = merged.keys.get("data"), merged.origins.get("data", ("models", name))
        if data is None and len(self.known) == 1:
            return next(iter(self.known))
        if data in self.known:
            return str(data)
        if data is None and self.known:
            message = f"the model `{name}` must say which `data` it is fitted to"
            self.problems.add(
                "missing-key", message, path, help=f"datasets: {', '.join(self.known)}"
            )
        elif data is not None and data not in (self.problems.source.data.get("datasets") or {}):
            message = f"there is no dataset `{data}`"
            self.problems.unknown("unknown-dataset", message, str(data), self.known, path)
        return None

    def _choices(
        self, name: str, each: Any, merged: Merged, data: str
    ) -> dict[str, tuple[str, ...]] | None:
        path = merged.origins["each"]
        if not isinstance(each, Mapping) or not each:
            message = "`each` is a mapping from a name to a list: `{y: [a, b]}`"
            self.problems.add("wrong-type", message, path)
            return None
        columns = self.known[data].columns or ()
        found: dict[str, tuple[str, ...]] = {}
        for key, wanted in each.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            if any(isinstance(value, (dict, list)) for value in values):
                message = f"`{key}` of `each` is a list of texts and numbers"
                self.problems.add("wrong-type", message, (*path, key))
                return None
            texts = [level_text(value) for value in values]
            chosen: list[str] = []
            for text in texts:
                matches = [column for column in columns if fnmatchcase(column, text)]
                if any(sign in text for sign in "*?") and not matches:
                    message = f"`{text}` matches no column of `{data}`"
                    self.problems.add("empty-glob", message, (*path, key))
                    return None
                chosen += matches if any(sign in text for sign in "*?") else [text]
            found[key] = tuple(dict.fromkeys(chosen))
        return found

    def _fit(
        self, name: str, id_: str, merged: Merged, data: str, values: Mapping[str, str]
    ) -> FitPlan | None:
        path, kind = ("models", name), str(merged.keys["kind"])
        own = {key: value for key, value in merged.keys.items() if key in keys_of(kind)}
        # `null` takes a key away: what stands then is the kind's own default.
        given = substitute({k: v for k, v in own.items() if v is not None}, values, self.problems,
                           path, strict=False)  # fmt: skip
        label = self._label(id_, merged, data, values)
        if not self._references_are_known({**given, "label": label}, merged, path):
            return None
        trial = Problems(self.problems.source)
        of = f"the model `{name}`"
        kind_options = MODELS.load(kind).Options
        made = options(kind_options, given, path, trial, of, refused=merged.refused)
        for problem in trial.found:
            self.problems.take(_moved(problem, path, kind, merged.origins))
        if made is None:
            return None
        return FitPlan(
            id=id_,
            name=name,
            kind=kind,
            data=data,
            label=label,
            options=made,
            path=path,
            values=dict(values),
            by=merged.keys.get("by"),
            start=merged.keys.get("start"),
            origins=merged.origins,
        )

    def _references_are_known(self, given: Any, merged: Merged, path: Path) -> bool:
        """A `$name` that is neither a parameter nor a name of `each` is a mistake."""
        left = [(key, found) for key, text in _texts(given) for found in REFERENCE.finditer(text)]
        for key, found in left:
            message = f"there is no parameter `{found[1] or found[2]}`, and no `each` gives it"
            self.problems.add("unknown-param", message, merged.origins.get(key, path))
        return not left

    def _label(self, id_: str, merged: Merged, data: str, values: Mapping[str, str]) -> str:
        label = merged.keys.get("label")
        if label is not None:
            return str(substitute(str(label), values, self.problems, strict=False))
        labels = self.known[data].labels
        return ", ".join(labels.get(value, value) for value in values.values()) or id_


def _moved(problem: Problem, path: Path, kind: str, origins: Mapping[str, Path]) -> Problem:
    """The problem where the key of the model at `path` really stands: perhaps in another model."""
    key = str(problem.path[2]) if len(problem.path) > 2 else ""
    origin = origins.get(key, (*path, key))
    if not key:
        return replace(problem, place=None)
    placed = replace(problem, path=(*origin, *problem.path[3:]), place=None)
    if problem.code != "bad-value" or origin[: len(path)] == path:
        return placed
    message = f"{problem.message} in a model of kind `{kind}`"
    help_ = "; ".join(filter(None, (problem.help, f"a model leaves it out by `{key}: null`")))
    return replace(placed, message=message, help=help_)


def kinds() -> Iterator[str]:
    """Every kind of model that a spec may name, installed ones included."""
    yield from (name for name in MODELS if name not in INTERNAL)


def is_kind(name: Any) -> bool:
    """Whether a spec may name this kind of model."""
    return isinstance(name, str) and name not in INTERNAL and name in MODELS


@cache
def keys_of(kind: str) -> tuple[str, ...]:
    """The keys that a kind of model knows beside the common ones."""
    return tuple(spelled(each.name) for each in fields(MODELS.load(kind).Options))


def _texts(data: Any, key: str = "") -> list[tuple[str, str]]:
    if isinstance(data, Mapping):
        return [pair for name, value in data.items() for pair in _texts(value, key or name)]
    if isinstance(data, list):
        return [pair for value in data for pair in _texts(value, key)]
    return [(key, data)] if isinstance(data, str) else []
