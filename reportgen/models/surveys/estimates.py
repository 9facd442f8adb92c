"""What `kind: survey` says of columns: means, totals, proportions, ratios, quantiles, by domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.saying import unfit
from reportgen.core.sentences import Sentence, named_column, named_level, say
from reportgen.core.types import Coef, Method, Note, Result, Term, noted
from reportgen.models.base import finite, is_text, status_of
from reportgen.models.surveys.design import Declared, clusters, details

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from reportgen.models.engines.samples.linearized import Estimate, Interval, Limits, Subset

MOST_LEVELS = 200


@dataclass(frozen=True)
class Domain:
    """Rows that an `over` column sets apart: its levels by column, and truth over all rows."""

    levels: tuple[tuple[str, str], ...]
    inside: np.ndarray


@dataclass(frozen=True)
class Row:
    """One estimate under its name: of a column, of a level, at a quantile; in a domain."""

    name: str
    variable: str
    level: str | None
    domain: Domain
    found: Estimate
    limits: Limits


@dataclass(frozen=True)
class Estimates:
    """The estimates of one model, and the design they rest on."""

    options: Any
    declared: Declared
    rows: tuple[Row, ...]
    used: np.ndarray
    missing: dict[str, int]
    notes: tuple[Note, ...]


def estimates(options: Any, declared: Declared) -> Estimates:
    """Every estimate asked for. FitError where a domain has no rows, DataError for text where
    numbers are needed.
    """
    import numpy as np

    rows = tuple(_rows(options, declared))
    columns = (*options.of, *((options.denominator,) if options.denominator else ()), *options.over)
    table = declared.frame.table.loc[declared.inside, list(dict.fromkeys(columns))]
    absent = table.isna()
    used = np.zeros(len(declared.inside), dtype=bool)
    for name in options.of:
        needed = [name, *columns[len(options.of) :]]
        used |= declared.inside & declared.frame.table[needed].notna().all(axis=1).to_numpy()
    missing = {str(name): int(count) for name, count in absent.sum().items() if count}
    notes = (*declared.notes, *_incomplete(options, missing))
    return Estimates(options, declared, rows, used, missing, notes)


def result(fit: Estimates) -> Result:
    """The estimates as plain data; a mean is not tested against zero, so there is no p."""
    options, sampling, used = fit.options, fit.declared.sampling, fit.used
    return Result(
        kind="survey",
        status=status_of(fit.notes),
        outcome=options.of[0] if len(options.of) == 1 else None,
        n=int(used.sum()),
        n_read=len(used),
        missing=fit.missing,
        confidence=options.confidence,
        method=Method(
            f"survey_{options.estimate}", "linearized", engine="reportgen", groups=options.psu,
            details=details(options, fit.declared, used),
        ),
        coef={row.name: _coef(row) for row in fit.rows},
        vcov=_covariance(fit),
        terms=tuple(_terms(fit)),
        stats={
            "sum_weights": float(sampling.weights[used].sum()),
            "df_design": float(sampling.df(used)),
        },
        notes=fit.notes,
        **clusters(options, fit.declared, used),
    )  # fmt: skip


# ── the estimates ────────────────────────────────────────────────────────────────────────────


def _nobody(domain: Domain, name: str) -> Sentence:
    where = tuple(
        say("part_level", name=named_column(column), level=named_level(level, column))
        for column, level in domain.levels
    )
    if where:
        return say("empty-domain_levels", levels=where, name=named_column(name))
    return say("empty-domain_value", name=named_column(name))


def _rows(options: Any, declared: Declared) -> Iterator[Row]:
    from reportgen.models.engines.samples.linearized import Subset

    for name in options.of:
        for domain in _domains(options, declared):
            complete = declared.frame.table[name].notna().to_numpy() & domain.inside
            if options.denominator:
                complete &= declared.frame.table[options.denominator].notna().to_numpy()
            if not complete.any():
                raise unfit(_nobody(domain, name), ("of",))
            subset = Subset(declared.sampling, complete, declared.sampling.df(domain.inside))
            yield from _of_column(options, name, declared, domain, subset)


def _domains(options: Any, declared: Declared) -> Iterator[Domain]:
    """Every combination of levels of the `over` columns that occurs; everybody without any."""
    from reportgen.models.formulas.design import levels_of

    if not options.over:
        yield Domain((), declared.inside)
        return
    rows, variables = declared.rows.table, declared.frame.facts.variables
    texts = {name: level_texts(declared.frame.table[name]).to_numpy() for name in options.over}
    levels = [levels_of(rows[name], variables.get(name)) for name in options.over]
    for combination in product(*levels):
        inside = declared.inside.copy()
        for name, level in zip(options.over, combination, strict=True):
            inside &= texts[name] == level
        if inside.any():
            yield Domain(tuple(zip(options.over, combination, strict=True)), inside)


def _of_column(
    options: Any, name: str, declared: Declared, domain: Domain, subset: Subset
) -> Iterator[Row]:
    """The estimates of one column in one domain: one, or one a level, or one a quantile."""
    from reportgen.models.engines.samples.linearized import limits

    column = declared.frame.table[name]
    values = column[subset.inside]
    at = "".join(f"|{variable}[{level}]" for variable, level in domain.levels)
    if options.estimate == "quantile":
        numbers = _numbers(values, name)
        for share in options.quantiles:
            found, ends = subset.quantile(numbers, share, options.confidence)
            yield Row(f"quantile({name}, {share:g}){at}", name, None, domain, found, ends)
        return
    if options.estimate == "ratio":
        bottom = declared.frame.table[options.denominator][subset.inside]
        found = subset.ratio(_numbers(values, name), _numbers(bottom, options.denominator))
        ends = limits(found, "mean", options.confidence)
        yield Row(f"ratio({name}, {options.denominator}){at}", name, None, domain, found, ends)
        return
    make = subset.total if options.estimate == "total" else subset.mean
    kind: Interval = options.interval if options.estimate == "proportion" else "mean"
    for level, indicator in _indicators(options, name, declared, values):
        found = make(indicator)
        label = f"{name}[{level}]{at}" if level is not None else f"{name}{at}"
        ends = limits(found, kind, options.confidence, int(domain.inside.sum()))
        yield Row(label, name, level, domain, found, ends)


def _indicators(
    options: Any, name: str, declared: Declared, values: pd.Series[Any]
) -> Iterator[tuple[str | None, np.ndarray]]:
    """What is averaged or added up: the values, or for each level 1 where a row has it."""
    from reportgen.models.formulas.design import levels_of

    variable = declared.frame.facts.variables.get(name)
    named = variable is not None and bool(variable.levels or variable.categorical)
    several = options.estimate == "proportion" and not set(values.unique().tolist()) <= {0, 1}
    if not (is_text(values) or named or several):
        yield None, _numbers(values, name)
        return
    levels = levels_of(declared.rows.table[name], variable)
    if len(levels) > MOST_LEVELS:
        raise DataError(Problem(
            "many-levels", f"`{name}` has {len(levels):,} levels, and at most {MOST_LEVELS} are "
            "counted", ("of",),
        ))  # fmt: skip
    texts = level_texts(values).to_numpy()
    for level in levels:
        yield level, (texts == level).astype(float)


def _numbers(values: pd.Series[Any], name: str) -> np.ndarray:
    try:
        return values.to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        message = f"`{name}` holds text where numbers are needed"
        raise DataError(Problem("not-numeric", message, ("of",))) from error


# ── as plain data ────────────────────────────────────────────────────────────────────────────


def _coef(row: Row) -> Coef:
    found = row.found
    low, high = row.limits
    more = {"n": float(found.n), "deff": found.deff, "cv": found.cv}
    return Coef(
        found.value, finite(found.se), None, float(found.df), None, low, high, row.variable,
        row.level, more={key: value for key, value in more.items() if value is not None},
    )  # fmt: skip


def _covariance(fit: Estimates) -> tuple[tuple[float, ...], ...]:
    """The joint covariance of the estimates, with each one's own variance on its diagonal."""
    import numpy as np

    errors = np.array([row.found.se for row in fit.rows])
    if not np.isfinite(errors).all():
        return ()
    totals = np.column_stack([row.found.totals for row in fit.rows])
    joint = fit.declared.sampling.variance(totals, fit.used)
    spread = np.sqrt(np.diag(joint))
    scale = np.divide(errors, spread, out=np.zeros_like(errors), where=spread > 0)
    return tuple(tuple(map(float, line)) for line in joint * np.outer(scale, scale))


def _terms(fit: Estimates) -> Iterator[Term]:
    """A term a column; its levels, or those of a single `over` column, stand below a header."""
    over, rows = fit.options.over, fit.rows
    if len(over) == 1 and len(rows) == len({row.domain.levels for row in rows}):
        levels = {row.domain.levels[0][1]: row.name for row in rows}
        yield Term(over[0], (over[0],), tuple(levels.values()), "categorical", levels)
        return
    for name in fit.options.of:
        own = [row for row in rows if row.variable == name]
        term = Term(name, (name,), tuple(row.name for row in own), "other")
        if over or any(row.level is None for row in own):
            single = len(own) == 1 and own[0].name == name
            yield replace(term, kind="numeric" if single else "other")
        else:
            levels = {row.level: row.name for row in own if row.level is not None}
            yield replace(term, kind="categorical", levels=levels)


def _incomplete(options: Any, missing: dict[str, int]) -> Iterator[Note]:
    if not missing or options.estimate != "total":
        return
    yield noted("warning", say("total-of-the-known"))
