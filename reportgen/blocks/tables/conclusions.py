"""Whether coefficients are told from nothing in every way of respecting clusters, or in some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reportgen.blocks.labels import joined, model_labels
from reportgen.blocks.terms import TermRow
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Model
from reportgen.core.words import Words

FAR = 1.25
"""How much larger a robust standard error must be than that of a random intercept to be told."""


@dataclass(frozen=True)
class Conclusions:
    """For each coefficient (by its row's full label) the models by id, and whether p < α there.

    `changed` are the rows where that is not the same in all, each with a sentence.
    """

    judged: Mapping[str, Mapping[str, bool]]
    changed: tuple[tuple[TermRow, str], ...]
    first: str

    def differs(self, row: TermRow, model: Model) -> bool:
        """Whether a model's conclusion on a coefficient is another than the first model's."""
        known = self.judged.get(row.full, {})
        first = known.get(self.first)
        return first is not None and known.get(model.id, first) != first


def conclusions(models: Sequence[Model], rows: Sequence[TermRow], words: Words) -> Conclusions:
    """Whether p < α, equally the interval leaving out the null, for all but the intercept."""
    level = 1 - models[0].result.confidence
    judged: dict[str, dict[str, bool]] = {}
    changed = []
    for row in rows:
        if row.kind in ("header", "reference", "intercept", "equation"):
            continue
        known = {
            model.id: p < level
            for model in models
            if (name := row.coefs.get(model.id)) and (p := model.result.coef[name].p) is not None
        }
        judged[row.full] = known
        if len(set(known.values())) > 1:
            changed.append((row, _sentence(row, models, known, words)))
    return Conclusions(judged, tuple(changed), models[0].id)


def _sentence(
    row: TermRow, models: Sequence[Model], known: Mapping[str, bool], words: Words
) -> str:
    labels = model_labels(models)
    clear, unclear = (
        joined([labels[id_] for id_, told in known.items() if told is wanted], words)
        for wanted in (True, False)
    )
    level = numbers.level(models[0].result.confidence)
    return words("clustering.change", term=row.full, clear=clear, unclear=unclear, level=level)


def slope_sentences(
    models: Sequence[Model], rows: Sequence[TermRow], words: Words
) -> Iterator[str]:
    """Coefficients whose standard error a random intercept leaves small: their slopes may vary."""
    named = {model.id: model for model in models if model.result.status != "failed"}
    robust, intercept = named.get("cluster"), named.get("intercept")
    if robust is None or intercept is None:
        return
    told = []
    for row in rows:
        above, below = (
            model.result.coef[name].se if (name := row.coefs.get(model.id)) else None
            for model in (robust, intercept)
        )
        if row.kind != "intercept" and above and below and above > FAR * below:
            told.append(row.full)
    if told:
        yield words("clustering.slopes", terms=joined(told, words))
