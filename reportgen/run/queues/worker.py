"""One fit, in whatever process: options and rows in, plain data out. Raises DataError alone.

A model that cannot be fitted is a Result that says so, so that the rest of the report is built.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.disclosure import asked
from reportgen.core.errors import DataError, FitError
from reportgen.core.sentences import Sentence, say
from reportgen.core.types import Frame, Result, failed
from reportgen.models import MODELS
from reportgen.models.engine import PATIENCE, giving, with_engine
from reportgen.models.imputed.imputation import imputed
from reportgen.models.wald import with_wald
from reportgen.run.domains import with_conditions
from reportgen.run.subgroups import Subgroup, rows_of

INPUTS = ("offset", "exposure", "weights", "freq_weights", "var_weights")


@dataclass(frozen=True)
class Order:
    """What is to be fitted, as plain data; the rows come beside it.

    The rows are those of `subgroup`, all where it is None. `options` are those of the subgroup's
    model where they are None. `start` is what a kind starts or computes from, `patience` what
    `engine: auto` gives statsmodels, in seconds.
    """

    kind: str
    subgroup: Subgroup | None = None
    options: Any = None
    start: Result | None = None
    observe: bool = False
    audit: bool = False
    patience: float = PATIENCE


def fitted(frame: Frame, order: Order) -> Result:
    """The Result of an order, from the rows of its whole dataset."""
    options, rows = order.options, frame
    if order.subgroup is not None:
        theirs, rows = rows_of(order.subgroup, frame)
        if options is None:
            options = theirs
        else:
            rows = with_conditions(theirs, rows)
    with giving(order.patience):
        return fit(order.kind, options, rows, order.start, order.observe, audit=order.audit)


def fit(
    kind: str,
    options: Any,
    frame: Frame,
    start: Result | None,
    observe: bool = False,
    *,
    audit: bool = False,
) -> Result:
    """The Result of one model; with `observe`, a row an observation is kept for the plots; with
    `audit`, statsmodels' likelihood and score at the solution are among its statistics.
    """
    model = MODELS.load(kind)
    try:
        ready = with_conditions(options, frame)
        if getattr(options, "impute", None) is None:
            return _once(model, options, ready, start, observe, audit=audit)
        # A plot of observations shows those of the first completed data set.
        return imputed(
            lambda copy, number: _once(
                model, options, copy, start, observe and number == 0, audit=False
            ),
            options, ready,
        )  # fmt: skip
    except DataError:
        raise
    except FitError as error:
        problem = error.problems[0]
        said = problem.said or problem.message
        return failed(kind, problem.code, said, **_known(options, frame))
    except Exception as error:
        # What a library raises on data nobody foresaw is shown where the numbers would be.
        if os.environ.get("REPORTGEN_DEBUG"):
            raise
        return failed(kind, "stopped", _stopped(error), **_known(options, frame))


def _stopped(error: Exception) -> Sentence:
    """What a library says, where that cannot be a value of the data, or values may be shown."""
    name = type(error).__name__
    numerical = isinstance(error, ArithmeticError) or name == "LinAlgError"
    if numerical or asked():
        return say("stopped", error=name, text=str(error))
    return say("stopped_hidden", error=name)


def _once(
    model: Any, options: Any, frame: Frame, start: Result | None, observe: bool, *, audit: bool
) -> Result:
    live = model.fit(options, frame, start)
    tidy = with_engine(with_wald(model.tidy(live)), options)
    result = replace(tidy, inputs=_inputs(options))
    if audit:
        from reportgen.models.audit import audit as audited

        result = replace(result, stats={**result.stats, **audited(live)})
    return replace(result, observations=model.augment(live)) if observe else result


def _inputs(options: Any) -> dict[str, str]:
    """The columns that enter a fit beside its formula, by the keys that name them."""
    given = {key: getattr(options, key, None) for key in INPUTS}
    return {key: name for key, name in given.items() if isinstance(name, str)}


def _known(options: Any, frame: Frame) -> dict[str, Any]:
    formula = getattr(options, "formula", None) or ""
    return {"formula": formula, "n_read": frame.facts.n}
