"""`table: contrasts` — marginal means compared: differences or ratios, adjusted where asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import model_labels
from reportgen.blocks.marginal import (
    Answer,
    MarginalOptions,
    Shown,
    answers,
    asked,
    equation_sentences,
    held_sentences,
    outcome_of,
    point_problems,
    target_sentences,
)
from reportgen.blocks.naming import few
from reportgen.blocks.tables.margins import MarginTable
from reportgen.blocks.tables.options import column_problems
from reportgen.blocks.tables.sentences import method_sentences, row_sentences
from reportgen.blocks.tables.sentences import target_sentences as coefficient_targets
from reportgen.core import numbers
from reportgen.core.comparing import SIMULTANEOUS, Adjust, Average
from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context, Table
from reportgen.core.errors import Problem
from reportgen.core.options import Covariate, option
from reportgen.core.types import Compared, Margin

Column = Literal["estimate", "se", "ci", "statistic", "df", "p"]


class Contrasts:
    """Marginal means compared, within each value of other covariates."""

    observes: ClassVar[bool] = False

    @dataclass(frozen=True, kw_only=True)
    class Options(MarginalOptions):
        """Keys of `table: contrasts`."""

        of: tuple[Covariate, ...] = option(
            doc="The covariate whose means are compared; of several all combinations."
        )
        method: Literal[
            "pairwise", "reference", "consecutive", "eff", "polynomial", "interaction"
        ] = option(
            "pairwise",
            doc="Every pair; each with the reference; each with the one before; each with the mean "
            "of all (`eff`); trends over equally spaced levels; differences of differences.",
        )
        reference: str | int | float | bool | None = option(
            None, doc="The level that `method: reference` compares with; the first if not said."
        )
        weights: dict[str, dict[str, float] | tuple[float, ...]] = option(
            {}, doc="Comparisons of one's own by name: a weight for each level, in their order or "
            "by level.", examples=("{late: [-1, -1, 2]}",),
        )  # fmt: skip
        adjust: Adjust | None = option(
            None, doc="How p is adjusted for several comparisons, within each value of `by`."
        )
        type: Literal["link", "response"] = option(
            "link", doc="Differences on the scale of the linear predictor, or of the outcome."
        )
        exponentiate: bool | Literal["auto"] = option(
            False, doc="Show odds ratios, rate ratios …; with `type: response` ratios of means."
        )
        average: Average = option(
            "balanced",
            doc="Means over the levels of other factors with equal weights, numbers at their "
            "means; or over the rows analysed.",
        )
        columns: tuple[Column, ...] = option(
            ("estimate", "ci", "p"), doc="What is shown of each comparison, in this order."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """Nothing compared, keys that contradict each other, weights that are no contrast."""
        yield from point_problems(options, options.of)
        yield from column_problems(options.columns)
        if not options.of:
            yield Problem("no-covariate", "`of` names no covariate", ("of",))
        if options.method == "interaction" and len(options.of) < 2:
            yield Problem("one-covariate", "an interaction needs two covariates in `of`", ("of",))
        if options.reference is not None and options.method != "reference":
            yield Problem("reference", "`reference` belongs to `method: reference`", ("reference",))
        yield from _adjustment(options)
        yield from _weights(options)

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The comparisons of each model."""
        scale = "link" if options.type == "link" else "response"
        return asked(context, options, "contrasts", {
            "of": options.of,
            "method": "custom" if options.weights else options.method,
            "reference": options.reference,
            "weights": options.weights,
            "adjust": options.adjust,
            "average": options.average,
            "scale": "log_response" if scale == "response" and options.exponentiate else scale,
        })  # fmt: skip

    def build(self, options: Options, context: Context) -> Table:
        """The table. FitError where no model gives a comparison."""
        found, words = answers(context, options.models), context.words
        layout = MarginTable(
            found, options.by, options.columns,
            lambda answer: _heading(answer, options, context),
            lambda answer: _ratio(answer, options),
            lambda margin, shown: _label(margin, shown, options, found[0]),
            context,
        )  # fmt: skip
        shown, models = Shown(context, found[0].model), [answer.model for answer in found]
        names = model_labels(models).values()
        table = Table(
            kind="contrasts",
            columns=layout.heads(),
            blocks=layout.blocks(),
            caption=options.caption
            or words("contrasts.caption", outcome=outcome_of(found, context),
                     of=shown.labels(options.of), models=few(list(names), words)),
            stub=words("contrasts.stub"),
            notes=(
                *((options.note,) if options.note else ()),
                *_scale_sentences(found, options, context),
                *equation_sentences(found, options.type, context, "differences"),
                *_method_sentences(options, context),
                *held_sentences(found, options, (*options.of, *options.by), context),
                *_targets(found, options, context),
                *row_sentences(models, words),
                *_multiplicity(found, options, context),
                *method_sentences(models, context, ()),
            ),
            marks=layout.findings.marks,
            confidence=models[0].result.confidence,
        )  # fmt: skip
        return abbreviated(table, words)


def _targets(
    found: tuple[Answer, ...], options: Contrasts.Options, context: Context
) -> Iterable[str]:
    """Whom the comparisons are about: on the linear predictor they are coefficients, added up."""
    if options.type == "response":
        return target_sentences(found, options.type, context)
    return coefficient_targets([answer.model for answer in found], context.words)


def _adjustment(options: Contrasts.Options) -> Iterable[Problem]:
    """Methods that are made for one kind of family."""
    made = {"tukey": "pairwise", "dunnett": "reference"}
    wanted = made.get(options.adjust or "")
    if wanted and (options.method != wanted or options.weights):
        yield Problem(
            "adjust", f"`adjust: {options.adjust}` is for `method: {wanted}`", ("adjust",),
            help="`scheffe`, `sidak` and `holm` are for any comparisons",
        )  # fmt: skip


def _weights(options: Contrasts.Options) -> Iterable[Problem]:
    if options.weights and options.method != "pairwise":
        yield Problem("two-methods", "`weights` are a method of their own", ("method",))
    for name, given in options.weights.items():
        values = given.values() if isinstance(given, Mapping) else given
        if abs(sum(values)) > 1e-9:
            yield Problem(
                "no-contrast", f"the weights of `{name}` do not add up to 0", ("weights", name),
                help="positive weights stand on one side of a comparison, negative on the other",
            )  # fmt: skip


def _ratio(answer: Answer, options: Contrasts.Options) -> str | None:
    """What the exponential of a difference is; None where differences are shown."""
    method = answer.model.result.method
    if not options.exponentiate or method is None:
        return None
    if options.type == "response":
        return "risk_ratio" if answer.probable else "mean_ratio"
    return method.scale


def _heading(answer: Answer, options: Contrasts.Options, context: Context) -> str:
    ratio = _ratio(answer, options)
    return context.words(f"scale.{ratio}" if ratio else "contrasts.difference")


def _label(margin: Margin, shown: Shown, options: Contrasts.Options, first: Answer) -> str:
    """A comparison in the stub: "A − B", or "A / B" where it is a ratio."""
    words = shown.context.words
    sign = "ratio" if _ratio(first, options) else "minus"
    return words("list.comma").join(_side(each, shown, sign) for each in margin.compared)


def _side(each: Compared, shown: Shown, sign: str) -> str:
    words = shown.context.words
    if each.name == "custom":
        return each.label
    if each.name == "rest":
        return words(f"contrasts.{sign}", first=shown.short(each.first),
                     second=words("contrasts.all"))  # fmt: skip
    if each.name:
        name, _, power = each.name.partition(" ")
        return words(f"contrasts.{name}", power=power)
    first, second = shown.short(each.first), shown.short(each.second)
    return words(f"contrasts.{sign}", first=first, second=second)


def _scale_sentences(
    found: tuple[Answer, ...], options: Contrasts.Options, context: Context
) -> Iterable[str]:
    """On which scale the differences are, where there is more than one."""
    nonlinear = [answer for answer in found if answer.nonlinear]
    if not nonlinear or options.exponentiate:
        return
    if options.type == "link":
        yield context.words("margins.scale_link")
    elif all(answer.probable for answer in nonlinear):
        yield context.words("margins.scale_probability")
    else:
        yield context.words("margins.scale_response")


def _method_sentences(options: Contrasts.Options, context: Context) -> Iterable[str]:
    """What comparisons mean that are no plain differences."""
    if options.weights:
        return
    if options.method == "polynomial":
        yield context.words("contrasts.trends")
    elif options.method == "interaction":
        yield context.words(f"contrasts.nested{'_ratio' if options.exponentiate else ''}")


def _multiplicity(
    found: tuple[Answer, ...], options: Contrasts.Options, context: Context
) -> Iterable[str]:
    """How p and intervals deal with there being several comparisons."""
    words = context.words
    margins: Any = next(answer.margins for answer in found if answer.margins)
    family = [m for m in margins if (m.at, m.outcome) == (margins[0].at, margins[0].outcome)]
    if len(family) < 2:
        return
    within = "_within" if options.by else ""
    if any(answer.levels != ("",) for answer in found):
        within += "_levels"
    count = numbers.count(len(family))
    if options.adjust is None:
        yield words(f"contrasts.unadjusted{within}", count=count)
        return
    method = words(f"adjust.{options.adjust}")
    kind = "both" if options.adjust in SIMULTANEOUS else "p_only"
    yield words(f"contrasts.adjusted_{kind}{within}", count=count, method=method)
