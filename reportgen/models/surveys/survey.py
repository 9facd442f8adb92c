"""`survey`: design-based regression, means, totals, proportions, ratios and quantiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, Expression, Formula, ModelOptions, option
from reportgen.core.types import Frame, Result
from reportgen.models.regression import families
from reportgen.models.surveys import estimates as survey_estimates
from reportgen.models.surveys import regression as survey_regression
from reportgen.models.surveys.design import declared
from reportgen.models.surveys.estimates import Estimates
from reportgen.models.surveys.regression import Regression

REGRESSION = ("formula", "family", "link", "alpha", "var_power", "offset")
ESTIMATES = ("of", "denominator", "quantiles", "over", "interval")


class Survey:
    """Estimates and models of the population behind a survey, by Taylor linearisation.

    Strata, sampling units and weights enter every standard error. A subpopulation is a `domain`:
    its complement stays in the design with a weight of zero, and so do incomplete rows.
    """

    version: ClassVar[str] = "1"
    sampled: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(families.FamilyOptions, ModelOptions):
        """Keys of `survey`: the design, and either a `formula` or an `estimate`."""

        weights: Column | None = option(
            None, doc="The column of sampling weights: how many people a row stands for."
        )
        strata: Column | None = option(None, doc="The column of the strata.")
        psu: Column | None = option(
            None, doc="The column of the first-stage sampling units; each row where it is left out."
        )
        fpc: Column | None = option(
            None, doc="Finite population correction: the units there are in the stratum, or the "
            "share of them that was sampled."
        )  # fmt: skip
        nest: bool = option(
            True, doc="Ids of sampling units begin anew in each stratum; `false` refuses an id "
            "that stands in two."
        )  # fmt: skip
        lonely: Literal["fail", "remove", "adjust", "average", "certainty"] = option(
            "fail", doc="What to do with a stratum of one sampling unit (R's `survey.lonely.psu`)."
        )
        domain: Expression | None = option(
            None, doc="The subpopulation: a condition, as in a step of a sample.",
            examples=('age >= 40 and sex == "Female"',),
        )  # fmt: skip
        formula: Formula | None = option(
            None, doc="Outcome and terms of a regression.", examples=("bp ~ age + C(sex)",)
        )
        offset: Column | None = option(None, doc="Added to the linear predictor.")
        estimate: Literal["mean", "total", "proportion", "ratio", "quantile"] | None = option(
            None, doc="What is estimated of the columns in `of`, where there is no `formula`."
        )
        of: tuple[Column, ...] = option((), doc="The columns that are estimated.")
        denominator: Column | None = option(None, doc="What a `ratio` is divided by.")
        quantiles: tuple[float, ...] = option(
            (0.25, 0.5, 0.75), doc="The shares of the population below a `quantile`."
        )
        over: tuple[Column, ...] = option(
            (), doc="One estimate for each level, or combination of levels, of these columns."
        )
        interval: Literal["logit", "mean", "beta", "asin"] = option(
            "logit", doc="How the interval of a `proportion` is made: on the logit or arcsine "
            "scale, by Korn and Graubard's beta, or symmetric (`mean`)."
        )  # fmt: skip

    def check(self, options: Any) -> Iterable[Problem]:
        """Neither or both of a formula and an estimate; keys of the one with the other."""
        if (options.formula is None) == (options.estimate is None):
            yield Problem(
                "survey", "a survey model has either a `formula` or an `estimate`",
                ("estimate",) if options.estimate else (),
                help="write `formula: y ~ x`, or `estimate: mean` with `of: [y]`",
            )  # fmt: skip
            return
        yield from families.check_family(options)
        yield from _foreign(options)
        if options.estimate is not None:
            yield from _incomplete(options)

    def fit(
        self, options: Any, frame: Frame, start: Result | None = None
    ) -> Regression | Estimates:
        """The estimates and their variance. DataError where the columns describe no design;
        FitError for an empty subpopulation, a lonely unit, a fit that is not reached.
        """
        design = declared(options, frame)
        if options.formula is not None:
            return survey_regression.regression(options, design)
        return survey_estimates.estimates(options, design)

    def tidy(self, fit: Regression | Estimates) -> Result:
        """The fit as plain data; t with the design's degrees of freedom, less the model's."""
        if isinstance(fit, Estimates):
            return survey_estimates.result(fit)
        return survey_regression.result(fit)

    def augment(self, fit: Regression | Estimates) -> Mapping[str, tuple[float, ...]]:
        """Fitted means and Pearson residuals of a regression; of an estimate nothing."""
        return {} if isinstance(fit, Estimates) else survey_regression.observations(fit)


def _foreign(options: Any) -> Iterable[Problem]:
    """Keys that mean nothing beside what is asked for."""
    asked, other = ("formula", ESTIMATES) if options.formula else ("estimate", REGRESSION)
    plain = type(options)(**{asked: getattr(options, asked)})
    for key in other:
        if getattr(options, key) != getattr(plain, key):
            yield Problem(
                "foreign-key", f"`{key}` means nothing beside `{asked}`", (key,),
                help="a survey model is a regression (`formula`) or describes columns (`estimate`)",
            )  # fmt: skip


def _incomplete(options: Any) -> Iterable[Problem]:
    if not options.of:
        yield Problem("missing-key", f"`estimate: {options.estimate}` needs `of`", ("estimate",),
                      help="name the columns that are estimated")  # fmt: skip
    if (options.estimate == "ratio") != (options.denominator is not None):
        yield Problem(
            "denominator", "`denominator` belongs to `estimate: ratio`, which needs it",
            ("denominator",) if options.denominator else ("estimate",),
        )  # fmt: skip
    if not options.quantiles or not all(0 < share < 1 for share in options.quantiles):
        yield Problem("quantiles", "each of `quantiles` lies between 0 and 1", ("quantiles",))
