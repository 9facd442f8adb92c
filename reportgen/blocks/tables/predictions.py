"""`table: predictions` — the mean of the outcome at given values, or effects averaged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import model_labels
from reportgen.blocks.marginal import (
    Answer,
    MarginalOptions,
    Shown,
    answers,
    asked,
    equation_sentences,
    estimate_text,
    held_sentences,
    outcome_of,
    point_problems,
    target_sentences,
)
from reportgen.blocks.naming import few
from reportgen.blocks.tables.margins import MarginTable
from reportgen.blocks.tables.options import column_problems
from reportgen.blocks.tables.sentences import method_sentences, row_sentences
from reportgen.core.comparing import Average, Scale
from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Table
from reportgen.core.errors import Problem
from reportgen.core.options import Covariate, option
from reportgen.core.types import Margin

Column = Literal["estimate", "se", "ci", "statistic", "df", "p"]
MEANS: tuple[Column, ...] = ("estimate", "ci")
EFFECTS: tuple[Column, ...] = ("estimate", "ci", "p")


class Predictions:
    """Predicted means with intervals; with `effects: average` average marginal effects."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(MarginalOptions):
        """Keys of `table: predictions`."""

        of: tuple[Covariate, ...] = option(
            (), doc="The covariates at whose values means are predicted, every combination; with "
            "`effects` those whose effects are shown, all if not said."
        )  # fmt: skip
        effects: Literal["average"] | None = option(
            None, doc="Average marginal effects: for each row analysed what a covariate changes in "
            "its predicted outcome, averaged."
        )  # fmt: skip
        type: Scale = option(
            "response",
            doc="Means of the outcome, or on the scale of the linear predictor; `zero`: "
            "the probability that a count is 0.",
        )
        average: Average = option(
            "balanced",
            doc="Over the levels of other factors with equal weights, numbers at their means; or "
            "over the rows analysed, each with its own other values.",
        )
        columns: tuple[Column, ...] = option(
            (), doc="What is shown; if not said estimate and interval, of effects p too."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing predicted; keys that effects do not have."""
        yield from point_problems(options, options.of)
        yield from column_problems(_columns(options))
        if options.effects is None:
            if not options.of:
                yield Problem("no-covariate", "`table: predictions` needs `of`, or `effects`", ())
            for position, name in enumerate(options.columns):
                if name in ("p", "statistic"):
                    yield Problem(
                        "no-test", f"a mean is not tested against 0, so it has no `{name}`",
                        ("columns", position), help="`table: contrasts` tests differences",
                    )  # fmt: skip
        elif options.type != "response" or options.average == "observed":
            key = "type" if options.type != "response" else "average"
            yield Problem(
                "effects", f"`effects: average` has no `{key}`: it is about the outcome, over the "
                "rows analysed", (key,),
            )  # fmt: skip

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The predictions, or the effects, of each model."""
        if options.effects:
            return asked(context, options, "average_effects", {"of": options.of})
        more = {"of": options.of, "type": options.type, "average": options.average}
        return asked(context, options, "predictions", more)

    def build(self, options: Options, context: Context) -> Table:
        """The table. FitError where no model gives a number."""
        found, words = answers(context, options.models), context.words
        layout = MarginTable(
            found, _grouped(options), _columns(options),
            lambda answer: _heading(answer, options, context), lambda answer: None,
            lambda margin, shown: _label(margin, shown, options), context, _levels,
        )  # fmt: skip
        shown, models = Shown(context, found[0].model), [answer.model for answer in found]
        names = few(list(model_labels(models).values()), words)
        of = shown.labels(options.of)
        caption = words(
            _caption(found, options),
            outcome=outcome_of(found, context) or words("predictions.outcome"), of=of, models=names,
        )  # fmt: skip
        table = Table(
            kind="predictions",
            columns=layout.heads(),
            blocks=layout.blocks(),
            caption=options.caption or caption,
            stub=words("predictions.covariate")
            if options.effects
            else shown.label(options.of[-1]),
            notes=(
                *((options.note,) if options.note else ()),
                *_sentences(found, options, context),
                *target_sentences(found, options.type, context),
                *row_sentences(models, words),
                *method_sentences(models, context, ()),
            ),
            marks=layout.findings.marks,
            confidence=models[0].result.confidence,
        )  # fmt: skip
        return abbreviated(table, words)


def _grouped(options: Predictions.Options) -> tuple[str, ...]:
    """What is told in a header above a group of rows: all covariates but the last."""
    return options.by if options.effects else (*options.by, *options.of[:-1])


def _columns(options: Predictions.Options) -> tuple[Column, ...]:
    return options.columns or (EFFECTS if options.effects else MEANS)


def _caption(found: tuple[Answer, ...], options: Predictions.Options) -> str:
    """What the table is, as a key of words."""
    if options.effects:
        return "predictions.caption_effects"
    levelled = any(answer.levels != ("",) for answer in found)
    probable = options.type == "zero" or (options.type == "response" and levelled)
    return "predictions.caption_probabilities" if probable else "predictions.caption"


def _heading(answer: Answer, options: Predictions.Options, context: Context) -> str:
    if options.effects:
        return context.words("predictions.effect")
    return estimate_text(answer, options.type, context)


def _label(margin: Margin, shown: Shown, options: Predictions.Options) -> str:
    if not options.effects:
        name = options.of[-1]
        return shown.value(name, margin.at[name])
    (compared,) = margin.compared
    ((column, value),) = compared.first.items()
    return shown.label(column) if compared.name == "slope" else shown.value(column, value)


def _levels(margin: Margin) -> tuple[str, str | float] | None:
    """The variable and the reference of an effect that is of one level against another."""
    if not margin.compared or margin.compared[0].name:
        return None
    ((column, value),) = margin.compared[0].second.items()
    return column, value


def _sentences(
    found: tuple[Answer, ...], options: Predictions.Options, context: Context
) -> Iterable[str]:
    words = context.words
    if not options.effects:
        yield from equation_sentences(found, options.type, context, "means")
        yield from held_sentences(found, options, (*options.of, *options.by), context)
        return
    yield words("predictions.effects_by" if options.by else "predictions.effects")
    if any(_slopes(answer) for answer in found):
        yield words("predictions.slope")
    if all(answer.probable for answer in found):
        yield words("predictions.probability")
    yield from equation_sentences(found, "response", context, "effects")
    shown = Shown(context, found[0].model)
    for name, values in options.at.items():
        value = shown.held(name, values[0])
        yield words("margins.held", label=shown.label(name), value=value)


def _slopes(answer: Answer) -> bool:
    return any(each.name == "slope" for margin in answer.margins for each in margin.compared)
