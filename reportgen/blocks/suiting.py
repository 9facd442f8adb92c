"""Which models a block can show, told before anything is fitted; the build says it in these words.

Every function yields what is wrong with models named under `models`, as far as their plans tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.core.contracts import Planned, Plans
from reportgen.core.errors import Path, Problem
from reportgen.core.saying import problem
from reportgen.core.sentences import named_model, say

MODELS = ("models",)


def each(plans: Plans, names: Sequence[str]) -> Iterator[tuple[Path, Planned]]:
    """Every model meant, with the place of the name that means it; one named twice once."""
    seen = set()
    for position, name in enumerate(names):
        for plan in plans.select([name]):
            if plan.id not in seen:
                yield (*MODELS, position), plan
            seen.add(plan.id)


def one(plans: Plans, names: Sequence[str]) -> Iterator[Problem]:
    """Names that mean several models, for a block about one. The levels of `by` are not counted:
    only the data have them.
    """
    found = plans.select(names)
    if len(found) > 1:
        yield not_one([plan.id for plan in found])


def not_one(members: Sequence[str], path: Path = MODELS) -> Problem:
    """What is wrong where a block about one model is given several, or none."""
    return Problem(
        "one-model", f"this block shows one model, and here are {len(members)}", path,
        help=f"name one of {', '.join(f'`{name}`' for name in members[:6])}" if members else "",
    )  # fmt: skip


def with_effects(plans: Plans, names: Sequence[str]) -> Iterator[Problem]:
    """Models of a kind without random effects."""
    for path, plan in each(plans, names):
        if not plan.multilevel:
            yield no_effects(plan.id, path)


def no_effects(model: str, path: Path = MODELS) -> Problem:
    """What is wrong where random effects are to be shown of a model that has none."""
    return problem(say("no-random-effects", model=named_model(model)), path)


def judgeable(plans: Plans, names: Sequence[str], plot: str) -> Iterator[Problem]:
    """Models that give no probability of a yes, or whose rows have weights."""
    for path, plan in each(plans, names):
        if plan.family != "binomial":
            yield not_binary(plan.id, plot, path)
        elif plan.weighted:
            yield weighted_rows(plan.id, plot, path)


def not_binary(model: str, plot: str, path: Path = MODELS) -> Problem:
    """What is wrong where probabilities are to be judged of a model that gives none."""
    return Problem(
        "not-binary", f"`plot: {plot}` is about models of a yes or a no, and model `{model}` is "
        "none", path, help="name a model of kind `logit`, or one with `family: binomial`",
    )  # fmt: skip


def weighted_rows(model: str, plot: str, path: Path = MODELS) -> Problem:
    """What is wrong where rows are to be counted that do not count alike."""
    return Problem(
        "weighted-rows", f"`plot: {plot}` counts every row once, and those of model `{model}` "
        "have weights", path,
    )  # fmt: skip


def normal(plans: Plans, names: Sequence[str]) -> Iterator[Problem]:
    """Models whose residuals are not normal even where they are right."""
    for path, plan in each(plans, names):
        if plan.family in ("binomial", "multinomial"):
            yield not_normal(plan.id, path)


def not_normal(model: str, path: Path = MODELS) -> Problem:
    """What is wrong where the residuals of a yes or a no are to be held against the normal."""
    return Problem(
        "not-normal", f"residuals of a yes or a no, as those of model `{model}`, are not normal "
        "even where the model is right", path,
        help="see `plot: calibration`, or write `of: ranef`",
    )  # fmt: skip
