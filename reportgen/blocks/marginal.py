"""What the blocks share that show means, comparisons and effects computed from fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reportgen.blocks.labels import (
    column_text,
    joined,
    lowered,
    model_labels,
    outcome_text,
    sentence,
)
from reportgen.core import numbers
from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, Covariate, ModelName, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Margin, Model, Result, level_text

Value = str | int | float | bool
Point = Mapping[str, str | float]

LEVELS = (
    "Levels of the outcome that are shown, of a model with a probability for each; all if not said."
)
PROBABLE = frozenset({"binomial", "multinomial", "ordered"})
"""Families whose outcome is predicted by probabilities."""


@dataclass(frozen=True, kw_only=True)
class MarginalOptions(BlockOptions):
    """Keys of everything that is computed from fits."""

    models: tuple[ModelName, ...] = option(doc="The models asked, side by side.")
    by: tuple[Covariate, ...] = option(
        (), doc="Covariates within whose values everything is computed, a group of rows each."
    )
    at: dict[Covariate, tuple[Value, ...]] = option(
        {}, doc="Values of covariates: numbers, or some of the levels. A covariate that is shown "
        "nowhere is held at its one value.", examples=("{age: [30, 60], sex: Female}",),
    )  # fmt: skip
    levels: tuple[Value, ...] = option((), doc=LEVELS)


def point_problems(options: MarginalOptions, columns: Sequence[str]) -> Iterable[Problem]:
    """A covariate in two places; several values of one that is in none."""
    for position, name in enumerate(options.by):
        if name in columns:
            yield Problem("covariate-twice", f"`{name}` is shown and is in `by`", ("by", position))
    for name, values in options.at.items():
        if not values:
            yield Problem("no-values", f"no value of `{name}` is given", ("at", name))
        if len(values) > 1 and name not in (*columns, *options.by):
            yield Problem(
                "many-values", f"`{name}` is held at one value, and {len(values)} are given",
                ("at", name), help=f"write `by: {name}` for a group of rows at each of them",
            )  # fmt: skip


def asked(
    context: Context, options: MarginalOptions, kind: str, more: Mapping[str, Any]
) -> dict[str, Request]:
    """The same question to each model that has numbers, by the models' ids."""
    levels = tuple(map(level_text, options.levels))
    given = {"by": options.by, "at": options.at, "levels": levels, **more}
    return {
        model.id: Request(kind, given, of=model.id)
        for model in context.select(options.models)
        if model.result.status != "failed"
    }


@dataclass(frozen=True)
class Answer:
    """A model, and what was computed from it; None where the model failed."""

    model: Model
    result: Result | None

    @property
    def margins(self) -> tuple[Margin, ...]:
        """What there is to show."""
        return self.result.margins if self.result else ()

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of the outcome that there is something of; one, "", where it is a number."""
        return tuple(dict.fromkeys(margin.outcome for margin in self.margins)) or ("",)

    @property
    def probable(self) -> bool:
        """Whether its outcome is predicted by probabilities."""
        method = self.model.result.method
        return method is not None and method.family in PROBABLE

    @property
    def nonlinear(self) -> bool:
        """Whether its mean is another number than its linear predictor."""
        method = self.model.result.method
        return method is not None and method.link != "identity"

    @property
    def reason(self) -> str:
        """Why there is nothing: what the computation said; "" where the model itself failed."""
        if self.result is None or self.result.status != "failed":
            return ""
        return next((note.text for note in self.result.notes if note.level == "error"), "")


def answers(context: Context, names: Sequence[str]) -> tuple[Answer, ...]:
    """What each model gave. FitError where none gave anything."""
    found = tuple(Answer(model, context.computed.get(model.id)) for model in context.select(names))
    if not any(answer.margins for answer in found):
        reason = next((each.reason for each in found if each.reason), "")
        said = say("nothing-computed", reason=reason) if reason else say("nothing-computed_none")
        raise unfit(said, ("models",))
    return found


@dataclass(frozen=True)
class Shown:
    """How values of covariates are called, by the variables of one model."""

    context: Context
    model: Model

    def value(self, column: str, value: str | float) -> str:
        """A level as it is shown, or a number as it was given."""
        if isinstance(value, str):
            return self.context.variable(self.model, column).show(value)
        return numbers.given(value)

    def held(self, column: str, value: Value) -> str:
        """A value as a spec writes it: 4 may be a number, or a level."""
        text = level_text(value)
        levels = self.context.variable(self.model, column).levels
        return levels.get(text, text if isinstance(value, (str, bool)) else numbers.given(value))

    def outcome(self, level: str) -> str:
        """A level of the outcome by its name, a bare code with the outcome's; "" for none."""
        column = self.model.result.outcome
        if not level or column is None:
            return ""
        text = self.value(column, level)
        return self.named({column: level}) if text.replace(".", "", 1).isdigit() else text

    def label(self, column: str) -> str:
        """The label of a column, with its unit."""
        return column_text(self.context, self.model, column)

    def named(self, point: Point) -> str:
        """A point with the names of its columns: "Sex: Male, Age (years): 40"."""
        words = self.context.words
        parts = [
            words("term.level", label=self.label(column), level=self.value(column, value))
            for column, value in point.items()
        ]
        return words("list.comma").join(parts)

    def short(self, point: Point) -> str:
        """A point by its values, a number among several with its column's name."""
        if len(point) == 1:
            ((column, value),) = point.items()
            return self.value(column, value)
        parts = [
            self.value(column, value) if isinstance(value, str) else self.named({column: value})
            for column, value in point.items()
        ]
        return self.context.words("list.comma").join(parts)

    def labels(self, columns: Sequence[str]) -> str:
        """Columns as a list in a sentence."""
        return joined([lowered(self.label(column)) for column in columns], self.context.words)


def estimate_text(answer: Answer, scale: str, context: Context) -> str:
    """What a mean is called: "Probability", "Mean", "Linear predictor"."""
    method = answer.model.result.method
    if scale == "zero":
        return context.words("margins.zero")
    if method is None or (scale == "link" and method.link != "identity"):
        return context.words("margins.link")
    if scale == "response" and answer.probable:
        return context.words("margins.probability")
    return context.words("margins.mean")


def held_sentences(
    found: Sequence[Answer], options: Any, columns: Sequence[str], context: Context
) -> Iterable[str]:
    """At what the covariates stand that are not shown."""
    words, shown = context.words, Shown(context, found[0].model)
    fixed = {name: values[0] for name, values in options.at.items() if name not in columns}
    numbers_, factors = _rest([answer.model for answer in found], {*columns, *fixed}, context)
    if options.average == "observed" and (numbers_ or factors):
        yield words("margins.observed")
    elif numbers_ or factors:
        kind = "both" if numbers_ and factors else "numbers" if numbers_ else "levels"
        yield words(f"margins.balanced_{kind}")
        if factors and any(answer.nonlinear for answer in found):
            yield words("margins.balanced_link")
    for name, value in fixed.items():
        yield words("margins.held", label=shown.label(name), value=shown.held(name, value))
    if any("exposure" in answer.model.result.inputs for answer in found):
        yield words(f"margins.exposure_{options.average}")


def _rest(models: Sequence[Model], known: set[str], context: Context) -> tuple[set[str], set[str]]:
    """The other covariates of the models: those that are numbers, and factors."""
    numeric: set[str] = set()
    factors: set[str] = set()
    for model in models:
        terms = [
            term
            for term in model.result.terms
            if term.kind != "threshold" and set(term.variables) - known
        ]
        levels = {name for term in terms if term.kind == "categorical" for name in term.variables}
        for name in {name for term in terms for name in term.variables} - known:
            category = name in levels or context.variable(model, name).categorical
            (factors if category else numeric).add(name)
    return numeric, factors


def equation_sentences(
    found: Sequence[Answer], scale: str, context: Context, of: str
) -> Iterable[str]:
    """What is shown of a model of several equations; `of`: "means", "differences" or "effects"."""
    words = context.words
    levelled = [answer for answer in found if answer.levels != ("",)]
    if scale == "link" and levelled:
        result = levelled[0].model.result
        base = next(each.reference for each in result.equations.values() if each.reference)
        shown = Shown(context, levelled[0].model)
        yield words("margins.log_odds", outcome=lowered(outcome_text(context, shown.model)),
                    reference=shown.value(str(result.outcome), base))  # fmt: skip
    elif levelled:
        yield words(f"margins.levels_{of}")
    if scale != "zero" and any(_inflated(answer) for answer in found):
        yield words(f"margins.inflated_{'link' if scale == 'link' else 'response'}")


def _inflated(answer: Answer) -> bool:
    return any(each.kind == "inflate" for each in answer.model.result.equations.values())


def target_sentences(found: Sequence[Answer], scale: str, context: Context) -> Iterable[str]:
    """Whom a predicted outcome is about, where clusters make a difference."""
    if scale != "response":
        return
    labels = model_labels([answer.model for answer in found])
    named: dict[str, dict[str, None]] = {"cluster": {}, "population": {}}
    for answer in found:
        method = answer.model.result.method
        if answer.nonlinear and method is not None and method.target in named:
            named[method.target][labels[answer.model.id]] = None
    texts = {target: joined(list(models), context.words) for target, models in named.items()}
    if all(texts.values()):
        yield context.words("margins.targets", **texts)
    else:
        yield from (context.words(f"margins.{target}") for target, text in texts.items() if text)


def remark_texts(answer: Answer) -> tuple[str, ...]:
    """What weakens the numbers of a computation: its warnings, each once."""
    if answer.result is None or answer.result.status == "failed":
        return ()
    texts = (sentence(note.text) for note in answer.result.notes if note.level != "info")
    return tuple(dict.fromkeys(texts))


def outcome_of(found: Sequence[Answer], context: Context) -> str:
    """The outcome of all models; "" where they differ."""
    texts = {outcome_text(context, answer.model) for answer in found}
    return texts.pop() if len(texts) == 1 else ""
