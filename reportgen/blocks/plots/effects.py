"""`plot: effects` — the predicted outcome over a covariate, where the data are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from reportgen.blocks import suiting
from reportgen.blocks.abbreviations import occurring
from reportgen.blocks.labels import lowered, outcome_text
from reportgen.blocks.marginal import (
    LEVELS,
    Answer,
    Shown,
    Value,
    answers,
    equation_sentences,
    held_sentences,
    remark_texts,
    target_sentences,
)
from reportgen.blocks.plots import clusters, scale, style
from reportgen.blocks.plots.curves import Curve, paint
from reportgen.blocks.plots.figure import draw
from reportgen.blocks.plots.plane import Axis
from reportgen.blocks.plots.remarks import remarks
from reportgen.blocks.selection import only
from reportgen.core import numbers
from reportgen.core.comparing import Average, Scale
from reportgen.core.contracts import Plans, Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Figure
from reportgen.core.errors import Problem, SpecError
from reportgen.core.options import BlockOptions, Covariate, ModelName, option
from reportgen.core.types import level_text

POINTS: Mapping[str, int] = {"balanced": 60, "observed": 25}
"""How many values along the axis; an average over rows is dear."""
MOST_CURVES = 6


class Effects:
    """A curve of predicted means with its band, or a mean with its interval for each level."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `plot: effects`."""

        models: tuple[ModelName, ...] = option(doc="The model, one.")
        x: Covariate = option(doc="The covariate on the horizontal axis.")
        by: Covariate | None = option(
            None, doc="A factor with a curve for each level; a number with one for each value of "
            "it in `at`."
        )  # fmt: skip
        at: dict[Covariate, tuple[Value, ...]] = option(
            {}, doc="Values of `x` or `by` to show, or the one at which another is held."
        )
        type: Scale = option(
            "response", doc="Means of the outcome, or on the scale of the linear predictor; "
            "`zero`: the probability that a count is 0."
        )  # fmt: skip
        levels: tuple[Value, ...] = option((), doc=LEVELS)
        average: Average = option(
            "balanced", doc="Over the levels of other factors with equal weights, or over rows."
        )
        rug: bool = option(True, doc="Mark where the data are, along the axis.")

    def check(self, options: Options) -> Iterable[Problem]:
        """More or fewer than one model; a covariate against itself; held at several values."""
        yield from clusters.one_model(options.models)
        if options.by == options.x:
            yield Problem("covariate-twice", f"`{options.x}` is on the axis and is `by`", ("by",))
        for name, values in options.at.items():
            if len(values) != 1 and name not in (options.x, options.by):
                yield Problem(
                    "many-values", f"`{name}` is held at one value, and {len(values)} are given",
                    ("at", name),
                )  # fmt: skip

    def suits(self, options: Options, plans: Plans) -> Iterable[Problem]:
        """Names that mean several models."""
        return suiting.one(plans, options.models)

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The predictions along the axis."""
        given = {
            "of": (options.x,),
            "by": (options.by,) if options.by else (),
            "at": options.at,
            "type": options.type,
            "average": options.average,
            "points": POINTS[options.average],
            "levels": tuple(map(level_text, options.levels)),
        }
        return {
            model.id: Request("predictions", given, of=model.id)
            for model in context.select(options.models)
            if model.result.status != "failed"
        }

    def build(self, options: Options, context: Context) -> Figure:
        """The figure. FitError where nothing can be predicted."""
        only(context, options.models)
        (answer,) = answers(context, options.models)
        words, model = context.words, answer.model
        shown = Shown(context, model)
        curves = _curves(answer, options, shown)
        x, y = shown.label(options.x), _y_title(answer, options, context)
        notes = tuple(_notes(answer, options, context, curves))
        return Figure(
            kind="effects",
            svg=draw(lambda sheet: paint(sheet, curves, Axis(_scale(curves), x), y), 1.0),
            alt=_alt(curves, x, y, model.label, context),
            caption=options.caption
            or words("effects.caption", outcome=outcome_text(context, model), x=lowered(x),
                     model=model.label),
            columns=(
                *_told(answer, options, shown), x,
                words("data.estimate"), words("data.low"), words("data.high"),
            ),
            rows=tuple(
                (*((curve.label,) if curve.label else ()), text, *numbers_)
                for curve in curves
                for text, *numbers_ in curve.rows()
            ),
            notes=notes,
            abbreviations=occurring((x, y, *notes), words),
        )  # fmt: skip


def _curves(answer: Answer, options: Effects.Options, shown: Shown) -> tuple[Curve, ...]:
    """The margins as curves, one for each level of the outcome and each value of `by`."""
    assert answer.result is not None
    groups: dict[tuple[str, Value], list[tuple[Value, float, float, float]]] = {}
    for margin in answer.margins:
        value = margin.value
        if value.estimate is None or value.low is None or value.high is None:
            continue
        key = margin.at[options.by] if options.by else ""
        groups.setdefault((margin.outcome, key), []).append(
            (margin.at[options.x], value.estimate, value.low, value.high)
        )
    if len(groups) > MOST_CURVES:
        raise SpecError(Problem(
            "many-curves", f"{len(groups)} curves cannot be told apart", ("by",),
            help=f"choose up to {MOST_CURVES} of them: {_choice(answer, options)}",
        ))  # fmt: skip
    rug = answer.result.observations.get(options.x, ()) if options.rug else ()
    marks = style.marks(len(groups))
    return tuple(
        Curve.of(
            _called(level, options.by, key, shown),
            points, mark, rug, lambda value: shown.value(options.x, value),
        )
        for ((level, key), points), mark in zip(groups.items(), marks, strict=True)
    )  # fmt: skip


def _choice(answer: Answer, options: Effects.Options) -> str:
    """How fewer curves are asked for."""
    ways = ["`levels: […]`"] if answer.levels != ("",) else []
    return " and ".join([*ways, *([f"`at: {{{options.by}: […]}}`"] if options.by else [])])


def _called(level: str, by: str | None, value: Value, shown: Shown) -> str:
    """A curve in the legend: levels by their names, a number or a bare code with its column's."""
    parts = [shown.outcome(level)] if level else []
    if by is not None:
        known = value if isinstance(value, str) else float(value)
        text = shown.value(by, known)
        bare = not isinstance(known, str) or text.replace(".", "", 1).isdigit()
        parts.append(shown.named({by: known}) if bare else text)
    return shown.context.words("list.comma").join(parts)


def _scale(curves: Sequence[Curve]) -> scale.Scale:
    first = curves[0]
    if first.texts:
        return scale.Scale(-0.5, len(first.texts) - 0.5, tuple(map(float, range(len(first.texts)))),
                           first.texts)  # fmt: skip
    return scale.linear(min(c.x[0] for c in curves), max(c.x[-1] for c in curves))


def _y_title(answer: Answer, options: Effects.Options, context: Context) -> str:
    """What is on the vertical axis, with the interval."""
    method, words = answer.model.result.method, context.words
    level = words("column.ci", level=numbers.level(answer.model.result.confidence))
    kind = "mean"
    if options.type == "zero":
        kind = "zero"
    elif options.type == "link" and method and method.link != "identity":
        kind = "link"
    elif answer.probable:
        kind = "probability"
    outcome = outcome_text(context, answer.model)
    return words(f"effects.{kind}", outcome=lowered(outcome), label=outcome, level=level)


def _told(answer: Answer, options: Effects.Options, shown: Shown) -> tuple[str, ...]:
    """What the name of a curve says, as the head of a column; nothing where there is one curve."""
    names = [shown.label(str(answer.model.result.outcome))] if answer.levels != ("",) else []
    names += [shown.label(options.by)] if options.by else []
    return (shown.context.words("list.comma").join(names),) if names else ()


def _alt(curves: Sequence[Curve], x: str, y: str, model: str, context: Context) -> str:
    words = context.words
    parts = []
    for curve in curves:
        low, high = curve.ends()
        digits = numbers.decimals_for(*((b - a) / 4 for a, b in zip(curve.low, curve.high,
                                                                    strict=True)))  # fmt: skip
        text = words(
            "effects.from_to", start=numbers.fixed(curve.y[0], digits), low=low,
            end=numbers.fixed(curve.y[-1], digits), high=high,
        )  # fmt: skip
        parts.append(words("effects.of", label=curve.label, text=text) if curve.label else text)
    told = words("effects.next").join(parts)
    return words("effects.alt", y=y, x=lowered(x), model=model, told=told)


def _notes(
    answer: Answer, options: Effects.Options, context: Context, curves: Sequence[Curve]
) -> Iterable[str]:
    words = context.words
    if options.note:
        yield options.note
    columns = (options.x, *((options.by,) if options.by else ()))
    yield from equation_sentences([answer], options.type, context, "means")
    yield from held_sentences([answer], options, columns, context)
    yield from target_sentences([answer], options.type, context)
    if not curves[0].texts and options.x not in options.at:
        by_level = answer.result is not None and bool(answer.result.group_ranges)
        yield words("effects.within_levels" if by_level else "effects.within")
    if curves[0].rug:
        yield words("effects.rug", count=numbers.count(len(curves[0].rug)))
    yield from remark_texts(answer)
    yield from remarks([answer.model], words)
