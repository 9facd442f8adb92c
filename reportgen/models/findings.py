"""The findings that kinds ask for, under one name; they are made in `health`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.core.errors import FitError, Problem
from reportgen.core.sentences import say
from reportgen.core.types import Note
from reportgen.models.health.said import listening, said_notes

if TYPE_CHECKING:
    import numpy as np

    from reportgen.models.formulas.design import Design

__all__ = [
    "check_groups", "check_rank", "few_clusters", "few_values", "large_predictor", "listening",
    "not_converged", "said_notes", "separation",
]  # fmt: skip


def check_rank(design: Design, X: np.ndarray | None = None) -> tuple[Note, ...]:
    """FitError where columns are combinations of others; a finding where they nearly are."""
    from reportgen.models.health.columns import basis

    found = basis(design.blocks if X is None else X, design.names)
    tied = next((each for each in found.notes if each.code != "ill-conditioned"), None)
    if tied:
        raise FitError(Problem(tied.code, tied.text, ("formula",), said=tied.said))
    return found.notes


def separation(design: Design) -> tuple[Note, ...]:
    """Levels in which all or none have the event."""
    from reportgen.models.health.codes import finding
    from reportgen.models.health.outcome import one_sided_levels

    found = tuple(one_sided_levels(design, counts=False))
    return (finding(say("separation_all", levels=found)),) if found else ()


def few_values(design: Design) -> tuple[Note, ...]:
    """An outcome of a linear model that may be levels."""
    from reportgen.models.health import outcome

    return outcome.few_values(design)


def large_predictor(eta: np.ndarray) -> tuple[Note, ...]:
    """Fitted probabilities of 0 or 1."""
    from reportgen.models.health.solution import fitted_extremes

    return fitted_extremes(eta)


def check_groups(groups: str, n_groups: int, n: int) -> None:
    """DataError where clusters cannot show how alike their members are."""
    from reportgen.models.health import clusters

    clusters.check_groups(groups, n_groups, n)


def few_clusters(n_groups: int) -> tuple[Note, ...]:
    """Too few clusters for robust standard errors."""
    from reportgen.models.health import clusters

    return clusters.few_clusters(n_groups)


def not_converged(iterations: int, notes: tuple[Note, ...] = ()) -> FitError:
    """The error for a fit whose last step was still a step."""
    from reportgen.models.health import solution

    return solution.not_converged(iterations, notes)
