"""What the outcome of a multilevel generalised linear model may be, and what a row stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportgen.core.errors import DataError, Problem
from reportgen.core.saying import unfit
from reportgen.core.sentences import named_column, say
from reportgen.core.types import Note
from reportgen.models.health.codes import finding
from reportgen.models.regression import families
from reportgen.models.regression.glm import arrays

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.formulas.design import Design

WHOLE = 1e-6


def rows_data(options: Any, design: Design) -> dict[str, Any]:
    """Offset, trials and copies of the rows, as the engine names them; absent ones left out.

    DataError where the outcome or they cannot be: numbers would come out anyway.
    """
    import numpy as np

    given = arrays(options, design)
    trials, copies = given.get("var_weights"), given.get("freq_weights")
    _check_outcome(options, design, trials)
    for key, values in (("var_weights", trials), ("freq_weights", copies)):
        if values is not None:
            _check_whole(values, getattr(options, key), key)
    found: dict[str, Any] = {"trials": trials, "copies": copies}
    if "offset" in given or "exposure" in given:
        found["offset"] = given.get("offset", 0.0) + np.log(given.get("exposure", 1.0))
    return {name: values for name, values in found.items() if values is not None}


def outcome_notes(options: Any, design: Design) -> tuple[Note, ...]:
    """Counts that are not whole; few events for the coefficients; rows that are many trials."""
    from reportgen.models.health import outcome

    size = len(design.names) - ("Intercept" in design.names)
    if options.family != "binomial":
        strict = options.family == "negative_binomial"
        counted = outcome.few_events(float(design.y.sum()), size)
        return outcome.whole(design, strict=strict) + counted
    happened = events(options, design) or 0
    trials = _trials(options, design)
    notes = outcome.few_events(min(happened, trials - happened), size)
    if options.var_weights is None:
        return notes
    return (*notes, finding(say("grouped", rows=design.n, trials=trials)))


def events(options: Any, design: Design) -> int | None:
    """How many trials had the event; None for counts."""
    if options.family != "binomial":
        return None
    return round(float((design.y * _weights(options, design)).sum()))


def _trials(options: Any, design: Design) -> int:
    return round(float(_weights(options, design).sum()))


def _weights(options: Any, design: Design) -> np.ndarray:
    """The trials that each row stands for."""
    import numpy as np

    total = np.ones(design.n)
    for name in (options.var_weights, options.freq_weights):
        if name is not None:
            total *= design.column(name)
    return total


def check_clusters(options: Any, y: np.ndarray, codes: np.ndarray) -> None:
    """FitError where every cluster has all events or none: no variance is large enough."""
    import numpy as np

    if options.family != "binomial":
        return
    least, most = np.full(codes.max() + 1, np.inf), np.full(codes.max() + 1, -np.inf)
    np.minimum.at(least, codes, y)
    np.maximum.at(most, codes, y)
    if ((least == most) & np.isin(least, (0.0, 1.0))).all():
        raise unfit(
            say("constant-clusters", groups=named_column(options.groups)), ("groups",),
            help="such an outcome is one of clusters, not of their members",
        )  # fmt: skip


def _check_outcome(options: Any, design: Design, trials: np.ndarray | None) -> None:
    y, name = design.y, design.outcome
    families.check_outcome(options.family, y, name)
    if options.family != "binomial":
        return
    shares = int(((y > 0) & (y < 1)).sum())
    if trials is None and shares:
        raise DataError(Problem(
            "shares", f"the outcome `{name}` is a share in {shares:,} rows, and how many trials "
            "stand behind each is not said", ("formula",),
            help="name the column that holds the number of trials: `var_weights`",
        ))  # fmt: skip
    if trials is not None and _broken(y * trials):
        raise DataError(Problem(
            "not-whole", f"`{name}` times `{options.var_weights}` must be a number of events, and "
            f"in {_broken(y * trials):,} rows it is not a whole number", ("var_weights",),
            help="`var_weights` holds the number of trials of each row",
        ))  # fmt: skip


def _check_whole(values: np.ndarray, name: str, key: str) -> None:
    if _broken(values):
        what = "trials" if key == "var_weights" else "the rows that a row stands for"
        raise DataError(Problem(
            "not-whole", f"`{key}` counts {what}, and `{name}` is not a whole number in "
            f"{_broken(values):,} rows", (key,),
            help="sampling weights belong to `kind: survey`",
        ))  # fmt: skip


def _broken(values: np.ndarray) -> int:
    """How many values are not whole numbers."""
    import numpy as np

    return int((np.abs(values - np.round(values)) > WHOLE * np.maximum(1, values)).sum())
