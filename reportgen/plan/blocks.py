"""The blocks of the report: each a mapping whose first key is its verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path
from reportgen.core.registry import Registry
from reportgen.plan.convert import options
from reportgen.plan.datasets import Known
from reportgen.plan.designs import taken
from reportgen.plan.problems import Problems
from reportgen.plan.schema import ClaimKeys
from reportgen.plan.types import BlockPlan, Verb

VERBS: tuple[str, ...] = get_args(Verb)
REGISTERS: Mapping[str, Registry] = {"table": TABLES, "plot": PLOTS}


@dataclass(frozen=True)
class Datasets:
    """The datasets by name, and the one that a block is about if it says none."""

    known: Mapping[str, Known]
    usual: str | None


def blocks(
    given: Any, problems: Problems, known: Mapping[str, Known], default: object = None
) -> tuple[BlockPlan, ...]:
    """Every block that could be understood, in order.

    One that says no dataset is about the only one, or about that of `defaults`.
    """
    usual = next(iter(known)) if len(known) == 1 else default
    datasets = Datasets(known, str(usual) if usual in known else None)
    found = (
        _block(raw, ("report", number), problems, datasets)
        for number, raw in enumerate(given or ())
    )
    return tuple(block for block in found if block)


def _block(raw: Any, path: Path, problems: Problems, datasets: Datasets) -> BlockPlan | None:
    if not isinstance(raw, Mapping) or not raw:
        problems.add(
            "wrong-type", "a block must be a mapping", path, help=f"it begins with {_listed()}"
        )
        return None
    verb = next(iter(raw))
    if verb not in VERBS:
        later = [key for key in raw if key in VERBS]
        if later:
            message = f"the verb of a block comes first: `{later[0]}`, then `{verb}`"
            problems.add("verb-first", message, (*path, verb), key=True)
        else:
            message = f"there is no block `{verb}`"
            problems.unknown("unknown-block", message, verb, VERBS, (*path, verb), key=True)
        return None
    if verb in REGISTERS:
        return _shown(verb, raw, path, problems, datasets)
    return MAKERS[verb](verb, raw, path, problems)


def _text(verb: Any, raw: Mapping[str, Any], path: Path, problems: Problems) -> BlockPlan | None:
    """A section, a subsection, a text: nothing but their words."""
    if not _words(verb, raw, path, problems) or not _alone(verb, raw, path, problems):
        return None
    return BlockPlan(verb, str(raw[verb]), None, path)


def _page_break(
    verb: Any, raw: Mapping[str, Any], path: Path, problems: Problems
) -> BlockPlan | None:
    if raw[verb] is not True:
        problems.add("wrong-type", "`page_break` must be `true`", (*path, verb))
        return None
    return BlockPlan(verb, "", None, path) if _alone(verb, raw, path, problems) else None


def _claim(verb: Any, raw: Mapping[str, Any], path: Path, problems: Problems) -> BlockPlan | None:
    rest = {key: value for key, value in raw.items() if key != verb}
    made = options(ClaimKeys, rest, path, problems, "a claim")
    if made is None or not _words(verb, raw, path, problems):
        return None
    return BlockPlan(verb, str(raw[verb]), made, path)


def _shown(
    verb: Any, raw: Mapping[str, Any], path: Path, problems: Problems, datasets: Datasets
) -> BlockPlan | None:
    """A table or a plot: its kind, then the kind's own keys, and the design of its dataset."""
    register = REGISTERS[verb]
    name = raw[verb]
    if name not in register:
        message = f"there is no {verb} `{name}`"
        problems.unknown(f"unknown-{verb}", message, str(name), register, (*path, verb))
        return None
    kind = register.load(name)
    rest = {key: value for key, value in raw.items() if key != verb}
    of = f"the {verb} `{name}`"
    if any(each.name == "data" for each in fields(kind.Options)) and "data" not in rest:
        if datasets.usual is None:
            _which(of, datasets, path, problems)
        else:
            rest["data"] = datasets.usual
    made = options(kind.Options, rest, path, problems, of)
    if made is None:
        return None
    origins: Mapping[str, Path] = {}
    data = datasets.known.get(str(rest.get("data")))
    if data is not None:
        origins = taken(kind, rest, data.dataset)
        made = replace(made, **{key: getattr(data.dataset.design, key) for key in origins})
    problems.take_all(kind.check(made), *path)
    return BlockPlan(verb, name, made, path, origins)


def _which(of: str, datasets: Datasets, path: Path, problems: Problems) -> None:
    """Which of several it is about; where none could be understood, that was told."""
    if datasets.known:
        help_ = f"datasets: {', '.join(datasets.known)}"
        problems.add("missing-key", f"{of} must say which `data` it shows", path, help=help_)


def _words(verb: str, raw: Mapping[str, Any], path: Path, problems: Problems) -> bool:
    if isinstance(raw[verb], (str, int, float)) and not isinstance(raw[verb], bool):
        return True
    problems.add("wrong-type", f"`{verb}` must be a text", (*path, verb))
    return False


def _alone(verb: str, raw: Mapping[str, Any], path: Path, problems: Problems) -> bool:
    more = [key for key in raw if key != verb]
    for key in more:
        message = f"`{verb}` has no key `{key}`"
        problems.add("unknown-key", message, (*path, key), key=True)
    return not more


def _listed() -> str:
    return ", ".join(f"`{verb}`" for verb in VERBS)


MAKERS: Mapping[str, Callable[[Any, Mapping[str, Any], Path, Problems], BlockPlan | None]] = {
    "section": _text,
    "subsection": _text,
    "text": _text,
    "claim": _claim,
    "page_break": _page_break,
}
