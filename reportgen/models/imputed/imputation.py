"""Multiple imputation of any kind of model: fit every completed data set, pool the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError, Problem
from reportgen.core.limits import most, raising
from reportgen.core.options import Impute, marks
from reportgen.core.saying import english, unfit
from reportgen.core.sentences import counted, named_column, say
from reportgen.core.types import Frame, Note, Result, noted
from reportgen.models.base import is_text, status_of
from reportgen.models.formulas.factors import Category
from reportgen.models.formulas.formula import parse, parse_effects

GRAMMARS: Mapping[str, Callable[[str], Any]] = {"formula": parse, "effects": parse_effects}
DESIGN = frozenset({
    "groups", "time", "weights", "freq_weights", "var_weights", "offset", "exposure", "strata",
    "psu", "fpc",
})  # fmt: skip
"""Keys whose columns are never imputed: a row without a cluster or a weight has no place."""
CLUSTERS = (("groups",), ("strata", "psu"))
MOST_CLUSTERS, LEAST_MEMBERS = 100, 5
MOST_LEVELS = 30
MOST_PASSES = 10_000
NO_LIKELIHOOD = ("llf", "aic", "bic", "qic", "qicu", "deviance")


@dataclass(frozen=True)
class Request:
    """What is imputed and from what: columns of a frame by name.

    `columns` have missing values; `helpers` predict; `design` are never imputed; `clusters` are the
    columns whose crossing names the clusters that enter as indicators.
    """

    columns: tuple[str, ...]
    helpers: tuple[str, ...]
    design: tuple[str, ...]
    categories: frozenset[str]
    clusters: tuple[tuple[str, ...], ...]
    copies: int
    seed: int
    burn_in: int
    skip: int
    donors: int
    notes: tuple[Note, ...] = ()


def check(impute: Impute | None) -> Iterable[Problem]:
    """What is wrong with `impute` by itself."""
    if impute is None:
        return
    limits = {"copies": 2, "burn_in": 1, "skip": 1, "donors": 1, "seed": 0}
    for key, least in limits.items():
        if getattr(impute, key) < least:
            yield Problem("impute", f"`{key}` must be at least {least}", ("impute", key))
    if impute.copies > most("copies"):
        message = f"`copies` is at most {most('copies'):,}"
        yield Problem("impute", message, ("impute", "copies"), help=raising("copies"))
    for key in ("burn_in", "skip", "donors"):
        if getattr(impute, key) > MOST_PASSES:
            yield Problem("impute", f"`{key}` is at most {MOST_PASSES:,}", ("impute", key))


def imputed(fit: Callable[[Frame, int], Result], options: Any, frame: Frame) -> Result:
    """The pooled Result of a model; `fit` gives that of one completed frame, by its number.

    FitError where a completed data set cannot be fitted: an answer out of the others would be
    about easier data. Where nothing is missing the model is fitted once.
    """
    from reportgen.models.engines.samples.chained import completed
    from reportgen.models.imputed.pooling import pooled

    wanted = request(options, frame)
    if not wanted.columns:
        result = fit(frame, 0)
        note = noted("info", say("nothing-to-impute"))
        return replace(result, notes=(*result.notes, note))
    results = []
    for number, copy in enumerate(completed(frame, wanted)):
        try:
            results.append(fit(copy, number))
        except FitError as error:
            raise _in_copy(error.problems[0], number + 1, wanted.copies) from error
    absent = {name: int(frame.table[name].isna().sum()) for name in wanted.columns}
    result = pooled(results)
    notes = (*result.notes, *wanted.notes, *_notes(wanted, absent, results, result))
    assert result.method is not None
    details = {**result.method.details, "copies": wanted.copies, "seed": wanted.seed}
    return replace(
        result,
        imputed={name: count - result.missing.get(name, 0) for name, count in absent.items()},
        missing={**result.missing, **absent},
        method=replace(result.method, details=details),
        notes=notes,
        status=status_of(notes),
    )


def request(options: Any, frame: Frame) -> Request:
    """What a model needs imputed, from what its options say of its columns.

    FitError for a column of levels too many to be imputed.
    """
    own, design = _columns(options)
    names = dict.fromkeys((*own, *options.impute.columns))
    table, variables = frame.table, frame.facts.variables
    columns = tuple(name for name in names if name not in design and table[name].isna().any())
    helpers = tuple(name for name in names if name not in design and name not in columns)
    categories = frozenset(
        name for name in names if own.get(name) or _is_category(table[name], variables.get(name))
    )
    clusters, notes = _clusters(options, frame)
    numeric = tuple(
        name for name in design if name not in _cluster_columns(options) and name in table
    )
    impute = options.impute
    return Request(
        columns, _usable(helpers + numeric, categories, table, columns), design,
        categories, clusters, impute.copies, impute.seed, impute.burn_in, impute.skip,
        impute.donors, notes,
    )  # fmt: skip


# ── which columns ────────────────────────────────────────────────────────────────────────────


def _columns(options: Any) -> tuple[dict[str, bool], tuple[str, ...]]:
    """The columns that a model is about, with whether `C()` makes them categories; and those of
    its design.
    """
    own: dict[str, bool] = {}
    design: dict[str, bool] = {}
    for mark in marks(options):
        if mark.path[0] == "impute":
            continue
        if mark.role == "column":
            (design if mark.path[0] in DESIGN else own)[mark.text] = own.get(mark.text, False)
        for name, category in _in_formula(mark.role, mark.text):
            own[name] = category or own.get(name, False)
    return own, tuple(design)


def _in_formula(role: str, text: str) -> Iterable[tuple[str, bool]]:
    """The columns of a formula, with whether `C()` makes a category of one."""
    if role not in GRAMMARS:
        return
    parsed = GRAMMARS[role](text)
    for name in parsed.columns:
        yield name, False
    for term in parsed.terms:
        for factor in term.factors:
            if isinstance(factor.node, Category):
                yield factor.node.column, True


def _cluster_columns(options: Any) -> dict[str, None]:
    keys = [key for keys in CLUSTERS for key in keys]
    return dict.fromkeys(name for key in keys if (name := getattr(options, key, None)))


def _is_category(column: Any, variable: Any) -> bool:
    return is_text(column) or bool(variable and (variable.categorical or variable.levels))


def _in_copy(first: Problem, number: int, copies: int) -> FitError:
    """The error of one completed data set, which it names."""
    reason = first.said or first.message
    said = say("part_copy", number=number, copies=copies, reason=reason)
    return FitError(replace(first, message=english(said), said=said))


def _usable(
    helpers: Iterable[str], categories: frozenset[str], table: Any, columns: Iterable[str]
) -> tuple[str, ...]:
    """The helpers with not too many levels. FitError for such a column that is to be imputed."""
    for name in columns:
        levels = table[name].nunique()
        if name in categories and levels > MOST_LEVELS:
            raise unfit(
                say("impute-levels", name=named_column(name), levels=levels), ("impute",),
                help="group its levels by a `map`, or leave incomplete rows out",
            )  # fmt: skip
    return tuple(
        name for name in helpers if name not in categories or table[name].nunique() <= MOST_LEVELS
    )


def _clusters(options: Any, frame: Frame) -> tuple[tuple[tuple[str, ...], ...], tuple[Note, ...]]:
    """The clusters that enter as indicators, and what is said of those that cannot."""
    found, notes = [], []
    for keys in CLUSTERS:
        names = tuple(name for key in keys if (name := getattr(options, key, None)))
        if not names:
            continue
        sizes = frame.table.groupby(list(names), observed=True).size()
        if len(sizes) <= MOST_CLUSTERS and len(frame.table) >= LEAST_MEMBERS * len(sizes):
            found.append(names)
            continue
        notes.append(noted("warning", say("imputation-without-clusters", clusters=len(sizes))))
    return tuple(found), tuple(notes)


# ── what a reader should know ────────────────────────────────────────────────────────────────


def _notes(
    wanted: Request, absent: Mapping[str, int], results: list[Result], result: Result
) -> Iterable[Note]:
    yield noted(
        "info",
        say("imputed", missing=counted(absent), copies=wanted.copies, seed=str(wanted.seed)),
    )
    known = [share for coef in result.coef.values() if (share := coef.more.get("fmi")) is not None]
    largest = max(known, default=0.0)
    if 100 * largest > wanted.copies:
        yield noted("info", say("few-copies", share=100 * largest))
    lost = [name for name in NO_LIKELIHOOD if any(name in each.stats for each in results)]
    if lost:
        yield noted("info", say("no-pooled-likelihood"))
