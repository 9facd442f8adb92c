"""Which models a block shows, and what is said where it cannot show them."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.blocks.suiting import not_one
from reportgen.core.document import Context
from reportgen.core.errors import FitError, Problem, SpecError
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_model, say
from reportgen.core.types import Model, Result


def failure(model: Model) -> str:
    """Why a fit failed, in the words of its first error; "" where it did not."""
    if model.result.status != "failed":
        return ""
    return next((note.text for note in model.result.notes if note.level == "error"), "")


def answer(context: Context, name: str, key: str = "models") -> Result:
    """What a block asked for. FitError where it could not be computed, with the reason; `key` is
    what the block calls that which it was computed from.
    """
    found = context.computed[name]
    if found.status == "failed":
        reason = next((note.text for note in found.notes if note.level == "error"), "")
        raise unfit(say("nothing-computed", reason=reason), (key,))
    return found


def untested(models: Sequence[Model]) -> bool:
    """Whether all numbers are estimates that no value is special for: means, totals, shares."""
    coefs = [coef for model in models for coef in model.result.coef.values()]
    return bool(coefs) and all(
        model.result.method is not None and model.result.method.descriptive for model in models
    )


def several(context: Context, names: Sequence[str]) -> tuple[Model, ...]:
    """The models that a block shows, at least one. SpecError where the names mean none."""
    models = context.select(names)
    if not models:
        raise SpecError(Problem("no-models", "there is no model to show", ("models",)))
    return models


def only(context: Context, names: Sequence[str]) -> Model:
    """The one model that a block about one model shows.

    SpecError where the names mean several (a list of models), FitError where its fit failed.
    """
    models = context.select(names)
    if len(models) != 1:
        raise SpecError(not_one([model.id for model in models]))
    if models[0].result.status == "failed":
        raise unfitted(models[0])
    return models[0]


def unfitted(model: Model) -> FitError:
    """The error of a block that shows a model whose fit failed."""
    said = say("fit-failed_model", model=named_model(model.id), reason=failure(model))
    return unfit(said, ("models",))
