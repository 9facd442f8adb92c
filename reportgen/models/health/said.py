"""What libraries warn of while a model is fitted, kept for the report."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from reportgen.core.sentences import say
from reportgen.core.types import Note
from reportgen.models.health.codes import finding

ANSWERED = frozenset({
    "PerfectSeparationWarning", "SingularMatrixWarning", "ConvergenceWarning",
    "HessianInversionWarning", "IterationLimitWarning", "RuntimeWarning", "DomainWarning",
    "LinAlgWarning",
})  # fmt: skip
"""Warnings whose cause is looked for at the solution, with findings of our own: an overflow in
one step on the way to an optimum, say, is nothing if the optimum is reached."""


@contextmanager
def listening(answered: frozenset[str] = frozenset()) -> Iterator[list[str]]:
    """Everything libraries warn of, each text once, but for categories that are `answered`."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
    for each in caught:
        text = " ".join(str(each.message).split())
        known = issubclass(each.category, (DeprecationWarning, FutureWarning))
        if text not in said and not known and each.category.__name__ not in answered:
            said.append(text)


def said_notes(said: Iterable[str]) -> tuple[Note, ...]:
    """Library warnings nobody translated, in the library's words."""
    return tuple(finding(say("library", text=text)) for text in said)
