"""Random effects on the boundary of what is possible, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reportgen.core.sentences import Names, Sentence, say


def degenerate(
    zero: Iterable[str], correlations: Mapping[str, float | None]
) -> tuple[Sentence, ...]:
    """Which variances (`zero`, by component) are zero and which correlations (by "a,b") are ±1."""
    found = [say("part_zero", name=Names("component", (name,))) for name in zero]
    for pair, value in correlations.items():
        if value is not None and abs(value) > 1 - 1e-4:
            one, other = (Names("component", (name,)) for name in pair.split(","))
            found.append(say("part_tied", one=one, other=other, value=round(value)))
    return tuple(found) or (say("part_aliased"),)
