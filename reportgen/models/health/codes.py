"""The findings by their codes: what each does to the numbers it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.sentences import Sentence
from reportgen.core.types import Note, noted

Effect = Literal["fail", "withhold", "no_error", "mark", "tell"]
"""fail      no number of the fit is shown
withhold  its coefficients are not shown: there is no such number
no_error  its coefficients are shown without standard error, interval and test
mark      the number is shown with a mark that leads to the reason
tell      worth knowing; weakens nothing
"""


@dataclass(frozen=True)
class Finding:
    """What a finding does, and what it means in one sentence."""

    effect: Effect
    meaning: str


FINDINGS: Mapping[str, Finding] = {
    # ── before the fit ──
    "no-rows": Finding("fail", "no row has a value in every column the model uses"),
    "not-finite": Finding("fail", "a term is infinite or not a number, as the logarithm of 0 is"),
    "constant-outcome": Finding("fail", "the outcome has one value in the rows used"),
    "outcome-range": Finding("fail", "the outcome cannot come from the family"),
    "outcome-levels": Finding("fail", "the outcome has not the levels that the kind needs"),
    "not-counts": Finding("mark", "a model of counts has an outcome that is not whole numbers"),
    "possible-codes": Finding("tell", "a number has so few values that it may be a code"),
    "few-values": Finding(
        "tell", "the outcome of a linear model has so few values that they may be levels"
    ),
    "order-guessed": Finding("mark", "an ordered outcome is words whose order nobody declared"),
    "few-events": Finding("mark", "fewer than 5 events for each coefficient"),
    "too-few-rows": Finding("fail", "more coefficients than rows"),
    "rank-deficient": Finding("withhold", "terms that can be computed from each other"),
    "empty-column": Finding("withhold", "a level or a combination of levels that no row has"),
    "ill-conditioned": Finding(
        "mark", "columns so nearly dependent (condition above a million) that digits are lost"
    ),
    "leverage": Finding("mark", "one row alone determines a coefficient (leverage 1)"),
    "leverage-robust": Finding(
        "no_error", "one row alone determines a coefficient: a robust error sees no spread there"
    ),
    "numbers-as-text": Finding("fail", "a column of numbers is stored as text"),
    "date-column": Finding("fail", "a column of dates is used where numbers or levels belong"),
    "mixed-levels": Finding("mark", "levels that are a number in one row and text in another"),
    "codes-as-numbers": Finding("mark", "codes with named levels enter as numbers"),
    "unused-levels": Finding("tell", "levels that no row used has"),
    # ── clusters ──
    "one-cluster": Finding("fail", "there is one cluster"),
    "singletons": Finding("fail", "every row is a cluster of its own"),
    "few-clusters": Finding("mark", "fewer than 40 clusters: robust errors are too small"),
    "clusters-coefficients": Finding(
        "mark", "not more clusters than coefficients: their robust covariance is singular"
    ),
    "single-member-clusters": Finding("tell", "clusters of one row tell nothing of likeness"),
    "one-cluster-level": Finding(
        "no_error", "one cluster alone determines a coefficient: its robust error means nothing"
    ),
    "level-in-one-cluster": Finding("mark", "one cluster alone determines a coefficient"),
    "groups-as-fixed-effects": Finding(
        "fail", "the fixed effects contain the clusters, so nothing is left for their variance"
    ),
    "influential-clusters": Finding(
        "tell", "leaving out one cluster moves an estimate by more than its standard error"
    ),
    "ids-repeat": Finding("tell", "ids that occur again where they may mean another unit"),
    "irregular-times": Finding("tell", "an autoregressive correlation over unequal distances"),
    "negative-correlation": Finding("tell", "members of a cluster less alike than others"),
    "correlation-projected": Finding(
        "mark", "working correlations that are no correlation matrix, replaced by the nearest"
    ),
    # ── the fit itself ──
    "separation": Finding(
        "withhold", "terms predict the outcome without error: their estimates are infinite"
    ),
    "not-converged": Finding("fail", "the optimum was not reached"),
    "no-events": Finding("fail", "no row has the event"),
    "engine": Finding("tell", "another engine than the one asked for fitted the model"),
    "not-unique": Finding("tell", "several solutions are equally good"),
    "no-optimum": Finding("fail", "the likelihood has no highest point"),
    "no-zeros": Finding("fail", "no more zeros than the counts explain"),
    "not-identified": Finding("fail", "the likelihood is flat at its highest point"),
    # ── random effects ──
    "constant-clusters": Finding("fail", "the outcome never differs within a cluster"),
    "many-effects": Finding("fail", "more random effects than can be fitted"),
    "quadrature": Finding("fail", "more points of quadrature than can be used"),
    "shares": Finding("fail", "shares of an unknown number of trials"),
    "not-whole": Finding("fail", "trials or repeated rows that are not whole numbers"),
    "grouped": Finding("tell", "each row is a share of several trials"),
    "few-levels": Finding("mark", "a variance between few clusters is estimated too small"),
    "no-random-intercept": Finding("mark", "variance components without a random intercept"),
    "boundary": Finding("mark", "a variance of zero or a correlation of ±1"),
    "approximation": Finding("mark", "finer quadrature would move the estimates"),
    "overdispersion": Finding("mark", "counts that vary more than Poisson counts"),
    "no-overdispersion": Finding("mark", "counts that vary no more than Poisson counts"),
    # ── approximate posteriors ──
    "approximate-posterior": Finding("mark", "the posterior is an approximation, not the answer"),
    "not-confirmed": Finding("mark", "the optimiser reports that it has not converged"),
    "vanished-variance": Finding("fail", "the optimiser ended at a variance of zero"),
    "local-mode": Finding("mark", "the posterior is higher at a variance of zero"),
    "narrow-posterior": Finding(
        "no_error", "posterior standard deviations that the posterior's own curvature contradicts"
    ),
    "far-from-mode": Finding("mark", "an estimate far from where the posterior is highest"),
    "prior": Finding("mark", "more than a tenth of what is known of a coefficient is its prior"),
    "separation-prior": Finding("mark", "only the prior keeps an estimate finite"),
    "library": Finding("mark", "a library warned of something that no other finding explains"),
    # ── after the fit ──
    "perfect-fit": Finding("no_error", "the terms determine the outcome exactly (R² of 1)"),
    "no-residual-df": Finding("no_error", "as many coefficients as rows: no spread is left"),
    "zero-error": Finding("no_error", "a standard error of 0 but for rounding"),
    "no-error": Finding("no_error", "the information about a coefficient is not positive"),
    "extreme-coefficient": Finding(
        "mark", "one standard deviation of a term multiplies odds or rates by more than exp(15)"
    ),
    "fitted-extremes": Finding("mark", "fitted probabilities of 0 or 1"),
}


def finding(said: Sentence, coefs: Iterable[str] = ()) -> Note:
    """A finding as a Note of the level that its effect asks for."""
    return noted("info" if FINDINGS[said.code].effect == "tell" else "warning", said, coefs)


def withheld(notes: Iterable[Note], names: Sequence[str]) -> frozenset[str]:
    """The coefficients that are not shown."""
    return _affected(notes, names, ("withhold",))


def untested(notes: Iterable[Note], names: Sequence[str]) -> frozenset[str]:
    """The coefficients without standard error, interval and test; those withheld among them."""
    return _affected(notes, names, ("withhold", "no_error"))


def _affected(
    notes: Iterable[Note], names: Sequence[str], effects: Sequence[Effect]
) -> frozenset[str]:
    found: set[str] = set()
    for note in notes:
        known = FINDINGS.get(note.code)
        if known and known.effect in effects:
            found |= set(note.coefs or names)
    return frozenset(found)
