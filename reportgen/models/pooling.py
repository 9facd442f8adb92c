"""The Results of completed data sets as one, by Rubin's rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import atanh, isfinite, sqrt, tanh
from typing import TYPE_CHECKING, Any

from reportgen.core.errors import FitError, Problem
from reportgen.core.types import Coef, Component, Effect, Note, Result, Wald

if TYPE_CHECKING:
    from reportgen.models.engines.rubin import Pooled

AVERAGED = frozenset({
    "scale", "df_resid", "df_design", "sum_weights", "parameters", "nodes", "mean_group_size",
})  # fmt: skip
SHARES = ("rsquared", "rsquared_adj", "r2", "r2_marginal", "r2_conditional")
"""Statistics that are squared correlations, averaged as Fisher's z of their roots (Harel 2009)."""


def pooled(results: Sequence[Result]) -> Result:
    """One Result out of those of m completed data sets.

    Coefficients and their covariance by Rubin's rules. Variance components and random effects are
    averaged, with Rubin's variance where they have one; correlations and R² by Fisher's z.
    FitError where the sets gave different coefficients.
    """
    first = results[0]
    if any(list(each.coef) != list(first.coef) for each in results):
        raise FitError(Problem(
            "different-terms", "completed data sets differ in the levels that occur, so their "
            "coefficients do not pool", ("impute",), help="group rare levels by a `map`",
        ))  # fmt: skip
    combined = _combined(results)
    coef = _averages(results) | (combined.coefs(results) if combined else {})
    tested = combined and first.vcov and not (first.method and first.method.descriptive)
    return replace(
        first,
        events=None if first.events is None else round(_mean(each.events for each in results)),
        coef=coef,
        vcov=combined.vcov(list(first.coef)) if combined else (),
        wald=combined.tests(first) if combined and tested else {},
        stats=_stats(results),
        icc=_fisher([each.icc for each in results]),
        variance=_variances(results),
        covariance=_each([each.covariance for each in results], _average),
        correlation=_each([each.correlation for each in results], _fisher),
        random_effects=_random_effects(results),
        center=_each([each.center for each in results], _average),
        notes=_notes(results),
    )  # fmt: skip


# ── coefficients ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Combined:
    """Rubin's rules over the coefficients that every data set gave with a standard error."""

    names: tuple[str, ...]
    found: Pooled

    def vcov(self, every: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """The total covariance in the order of all coefficients; 0 for those without an error."""
        import numpy as np

        places = [list(every).index(name) for name in self.names]
        whole = np.zeros((len(every), len(every)))
        whole[np.ix_(places, places)] = self.found.total
        return tuple(map(tuple, whole.tolist()))

    def coefs(self, results: Sequence[Result]) -> dict[str, Coef]:
        """The pooled coefficients, with t or normal tests and intervals."""
        import numpy as np

        found = self.found
        errors, within, between = (
            np.sqrt(np.diag(each)) for each in (found.total, found.within, found.between)
        )
        coefs = {}
        for place, name in enumerate(self.names):
            more = _each([each.coef[name].more for each in results], _average) | {
                "fmi": float(found.fmi[place]), "riv": float(found.riv[place]),
                "within": float(within[place]), "between": float(between[place]),
            }  # fmt: skip
            value, se = float(found.estimate[place]), float(errors[place])
            coef = replace(results[0].coef[name], estimate=value, se=se, more=more)
            coefs[name] = _inferred(results[0], coef, float(found.df[place]))
        return coefs

    def tests(self, first: Result) -> dict[str, Wald]:
        """A joint test for each term whose coefficients are all pooled."""
        names, tests = list(self.names), {}
        for term in first.terms:
            if not set(term.coefs) <= set(names):
                continue
            test = self.found.joint([names.index(name) for name in term.coefs])
            if test is not None:
                statistic, df, p = test
                tests[term.name] = Wald(statistic, len(term.coefs), df, p)
        return tests


def _combined(results: Sequence[Result]) -> Combined | None:
    """Rubin's rules; None where no coefficient has a standard error in every data set."""
    import numpy as np

    from reportgen.models.engines.rubin import pool

    every = list(results[0].coef)
    names = tuple(
        name for name in every
        if all(each.coef[name].estimate is not None and each.coef[name].se for each in results)
    )  # fmt: skip
    if not names:
        return None
    places = [every.index(name) for name in names]
    rows = [[each.coef[name] for name in names] for each in results]
    estimates = np.array([[coef.estimate for coef in row] for row in rows], dtype=float)
    errors = np.array([[coef.se for coef in row] for row in rows], dtype=float)
    covariances = np.array([
        np.array(each.vcov)[np.ix_(places, places)] if each.vcov else np.diag(error**2)
        for each, error in zip(results, errors, strict=True)
    ])  # fmt: skip
    df = [[np.inf if coef.df is None else coef.df for coef in row] for row in rows]
    return Combined(names, pool(estimates, covariances, np.array(df).min(axis=0)))


def _inferred(first: Result, coef: Coef, df: float) -> Coef:
    """A coefficient with its test and interval; an estimate that stands for itself has no test."""
    from scipy.stats import norm, t

    value, se = coef.estimate or 0.0, coef.se or 0.0
    law = t(df) if isfinite(df) else norm
    half = float(law.ppf(0.5 + first.confidence / 2)) * se
    tested = not (first.method and first.method.descriptive)
    return replace(
        coef, df=df if isfinite(df) else None, statistic=value / se if tested else None,
        p=2 * float(law.sf(abs(value / se))) if tested else None,
        low=value - half, high=value + half,
    )  # fmt: skip


def _averages(results: Sequence[Result]) -> dict[str, Coef]:
    """Mean estimates without inference, for coefficients that some set gives no error."""
    return {
        name: Coef(
            _average([each.coef[name].estimate for each in results]), variable=known.variable,
            level=known.level, reference=known.reference,
        )
        for name, known in results[0].coef.items()
    }  # fmt: skip


# ── what has no covariance ───────────────────────────────────────────────────────────────────


def _stats(results: Sequence[Result]) -> dict[str, float | None]:
    """What averages; likelihoods and their criteria do not."""
    found: dict[str, float | None] = {}
    for name in results[0].stats:
        values = [each.stats.get(name) for each in results]
        if name in AVERAGED:
            found[name] = _average(values)
        elif name in SHARES:
            found[name] = _root_fisher(values)
    return found


def _variances(results: Sequence[Result]) -> dict[str, Component]:
    found = {}
    for name in results[0].variance:
        parts = [each.variance[name] for each in results]
        var = _mean(part.var for part in parts)
        se = _rubin_se([part.var for part in parts], [part.se for part in parts])
        found[name] = Component(var, sqrt(var), se, sqrt(2 * var))
    return found


def _random_effects(results: Sequence[Result]) -> dict[str, dict[str, Effect]]:
    found: dict[str, dict[str, Effect]] = {}
    for cluster, effects in results[0].random_effects.items():
        found[cluster] = {}
        for name in effects:
            parts = [
                part
                for each in results
                if (part := each.random_effects.get(cluster, {}).get(name)) is not None
            ]
            estimates = [part.estimate for part in parts]
            se = _rubin_se(estimates, [part.se for part in parts])
            found[cluster][name] = Effect(_mean(estimates), se)
    return found


def _rubin_se(estimates: Sequence[float], errors: Sequence[float | None]) -> float | None:
    """The standard error of a mean of estimates, each with its own: √(Ū + (1 + 1/m)B)."""
    known = [error for error in errors if error is not None]
    if len(known) < len(errors):
        return None
    m, centre = len(estimates), _mean(estimates)
    between = sum((value - centre) ** 2 for value in estimates) / (m - 1) if m > 1 else 0.0
    return sqrt(_mean(error**2 for error in known) + (1 + 1 / m) * between)


def _notes(results: Sequence[Result]) -> tuple[Note, ...]:
    """Every finding once, with the number of data sets it was made in where not in all.

    Findings that differ in their numbers only are one finding: the code and the level tell.
    """
    found: dict[tuple[str, str], list[Note]] = {}
    for each in results:
        for key, note in {(note.level, note.code): note for note in each.notes}.items():
            found.setdefault(key, []).append(note)
    return tuple(
        notes[0] if len(notes) == len(results) else _counted(notes, len(results))
        for notes in found.values()
    )


def _counted(notes: Sequence[Note], of: int) -> Note:
    text = f"in {len(notes)} of {of} completed data sets: {notes[0].text}"
    return replace(notes[0], text=text)


def _mean(values: Iterable[Any]) -> float:
    listed = [float(value) for value in values]
    return sum(listed) / len(listed)


def _average(values: Sequence[float | None]) -> float | None:
    """The mean; None where a set has no value."""
    return None if any(value is None for value in values) else _mean(values)


def _fisher(values: Sequence[float | None]) -> float | None:
    """The mean of correlations on the scale of Fisher's z; ±1 where one is that."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    if any(abs(value) >= 1 for value in known):
        return _mean(known)
    return tanh(_mean(atanh(value) for value in known))


def _root_fisher(values: Sequence[float | None]) -> float | None:
    """The mean of squared correlations by Fisher's z of their roots."""
    if any(value is not None and value < 0 for value in values):
        return _average(values)
    mean = _fisher([None if value is None else float(value) ** 0.5 for value in values])
    return None if mean is None else float(mean**2)


def _each(parts: Sequence[Mapping[str, float | None]], rule: Any) -> dict[str, Any]:
    """A rule applied to the values under each name of the first set."""
    return {name: rule([part.get(name) for part in parts]) for name in parts[0]}
