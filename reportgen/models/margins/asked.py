"""What the three kinds have in common: their keys, and how a computation becomes a Result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.comparing import Scale
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, ModelOptions, option
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Frame, Margin, Note, Result, noted

if TYPE_CHECKING:
    from reportgen.models.margins.fitted import Fitted
    from reportgen.models.margins.grid import Point
    from reportgen.models.margins.readings import Reading


@dataclass(frozen=True, kw_only=True)
class MarginOptions(ModelOptions):
    """Keys of everything that is computed from a fit."""

    of: tuple[Column, ...] = option((), doc="The covariates it is about.")
    by: tuple[Column, ...] = option((), doc="Covariates within whose values it is computed.")
    at: dict[str, tuple[Any, ...]] = option(
        {}, doc="Values of covariates; of one that is neither in `of` nor `by` the value it is "
        "held at."
    )  # fmt: skip
    levels: tuple[str, ...] = option((), doc="Levels of the outcome; all if not said.")


class Asked(ABC):
    """A kind that computes from a fit: `fit` is handed the Result as its start."""

    version: ClassVar[str] = "1"
    kind: ClassVar[str] = ""

    def check(self, options: Any) -> Iterable[Problem]:
        """Nothing is wrong with the options by themselves."""
        return ()

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Result:
        """What was asked. FitError where the fit does not define it, DataError where columns,
        levels or values are not those of the model.
        """
        from reportgen.models.margins.fitted import taken_up

        assert start is not None
        fitted = taken_up(start, frame)
        margins, notes, more = self.computed(options, fitted)
        margins = tuple(margins)
        notes = (*notes, *_withheld(margins))
        return Result(
            kind=self.kind,
            status="ok",
            formula=start.formula,
            outcome=start.outcome,
            n=start.n,
            n_read=start.n_read,
            confidence=start.confidence,
            method=start.method,
            margins=margins,
            notes=notes,
            **more,
        )

    @abstractmethod
    def computed(
        self, options: Any, fitted: Fitted
    ) -> tuple[Iterable[Margin], Iterable[Note], Mapping[str, Any]]:
        """The margins, what a reader must know, and further fields of the Result."""

    def tidy(self, fit: Result) -> Result:
        """What was asked, as it is."""
        return fit

    def augment(self, fit: Result) -> Mapping[str, tuple[float, ...]]:
        """Nothing: there is no row an observation."""
        return {}


def _withheld(margins: tuple[Margin, ...]) -> tuple[Note, ...]:
    """That a quantity rests on a coefficient that is not known; FitError where every one does."""
    gone = sum(margin.value.estimate is None for margin in margins)
    if not gone:
        return ()
    if gone == len(margins):
        help = "differences need no intercept: `table: contrasts`"
        raise unfit(say("not-estimable"), help=help)
    return (noted("warning", say("withheld")),)


def read(fitted: Fitted, scale: Scale, levels: Sequence[str]) -> Reading:
    """How the fit is read on a scale: all levels of its outcome, or those that are wanted."""
    from reportgen.models.margins.scales import reading

    whole = reading(fitted, scale)
    return whole.of(levels) if levels else whole


def beyond(fitted: Fitted, chosen: Iterable[Point], fixed: Point) -> tuple[Note, ...]:
    """That a covariate is asked for at a value that nobody analysed comes near to."""
    from reportgen.models.margins.grid import outside

    return tuple(
        noted("warning", say("extrapolation", name=named_column(name)))
        for name in outside(fitted, tuple(chosen), fixed)
    )
