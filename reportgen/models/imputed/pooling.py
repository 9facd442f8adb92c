"""The Results of completed data sets as one, by Rubin's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from reportgen.core.dataclass import dataclass
from reportgen.core.saying import unfit
from reportgen.core.sentences import say
from reportgen.core.types import Coef, Method, Note, Result, Wald
from reportgen.models.imputed import averages
from reportgen.models.imputed.averages import each_of

if TYPE_CHECKING:
    from reportgen.models.engines.samples.rubin import Pooled


def pooled(results: Sequence[Result]) -> Result:
    """One Result out of those of m completed data sets.

    Coefficients and their covariance by Rubin's rules. Variance components and random effects are
    averaged, with Rubin's variance where they have one (`averages.py`).
    FitError where the sets gave different coefficients.
    """
    first = results[0]
    if any(list(each.coef) != list(first.coef) for each in results):
        raise unfit(say("different-terms"), ("impute",), help="group rare levels by a `map`")
    combined = _combined(results)
    coef = _averages(results) | (combined.coefs(results) if combined else {})
    tested = combined and first.vcov and not (first.method and first.method.descriptive)
    events = averages.average([each.events for each in results])
    return replace(
        first,
        events=None if events is None else round(events),
        coef=coef,
        vcov=combined.vcov(list(first.coef)) if combined else (),
        wald=combined.tests(first) if combined and tested else {},
        method=_method(first),
        stats=averages.stats(results),
        icc=averages.share([each.icc for each in results]),
        icc_at=averages.icc_at(results),
        variance=averages.variances(results),
        covariance=each_of([each.covariance for each in results], averages.average),
        correlation=each_of([each.correlation for each in results], averages.correlation),
        spread=averages.spreads(results),
        random_effects=averages.random_effects(results),
        center=each_of([each.center for each in results], averages.average),
        notes=_notes(results),
    )  # fmt: skip


def _method(first: Result) -> Method | None:
    """How the numbers came about: a profile is one set's, pooled intervals are by Wald."""
    method = first.method
    if method is None or method.details.get("intervals") != "profile":
        return method
    return replace(method, details={**method.details, "intervals": "wald"})


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
            more = each_of([each.coef[name].more for each in results], averages.average) | {
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

    from reportgen.models.engines.samples.rubin import pool

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
    from reportgen.models.engines.laws import t

    value, se = coef.estimate or 0.0, coef.se or 0.0
    half = float(t.ppf(0.5 + first.confidence / 2, df)) * se
    tested = not (first.method and first.method.descriptive)
    return replace(
        coef, df=df if isfinite(df) else None, statistic=value / se if tested else None,
        p=2 * float(t.sf(abs(value / se), df)) if tested else None,
        low=value - half, high=value + half,
    )  # fmt: skip


def _averages(results: Sequence[Result]) -> dict[str, Coef]:
    """Mean estimates without inference, for coefficients that some set gives no error."""
    return {
        name: Coef(
            averages.average([each.coef[name].estimate for each in results]),
            variable=known.variable, level=known.level, reference=known.reference,
        )
        for name, known in results[0].coef.items()
    }  # fmt: skip


# ── findings ─────────────────────────────────────────────────────────────────────────────────


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
    said = say("part_some-copies", count=len(notes), of=of, finding=notes[0].said)
    return replace(notes[0], said=said)
