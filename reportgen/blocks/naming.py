"""Many models in few words: "icc[BPXSY1], icc[RIDAGEYR] and 8 more", "icc_noise (10 models)"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reportgen.blocks.labels import joined
from reportgen.core.types import Model
from reportgen.core.words import Words

MOST = 3


def few(texts: Sequence[str], words: Words) -> str:
    """Up to three texts as a list; of more the first two, and how many are left."""
    if len(texts) <= MOST:
        return joined(texts, words)
    shown = words("list.comma").join(texts[: MOST - 1])
    return words("list.more", head=shown, count=len(texts) - MOST + 1)


def model_names(models: Sequence[Model], every: Iterable[Model], words: Words) -> str:
    """The models in few words; a list (`each`, `by`) of which all are meant by its own name.

    `every` holds all models there are. A label that its author gave stands before the name.
    """
    sizes: dict[str, int] = {}
    for model in every:
        sizes[model.name] = sizes.get(model.name, 0) + 1
    meant: dict[str, list[Model]] = {}
    for model in models:
        meant.setdefault(model.name, []).append(model)
    texts = (text for name in meant for text in _of_list(meant[name], sizes, words))
    return few(list(texts), words)


def _of_list(members: Sequence[Model], sizes: Mapping[str, int], words: Words) -> list[str]:
    name = members[0].name
    if len(members) > 1 and len(members) == sizes.get(name):
        return [words("list.members", name=name, count=len(members))]
    return [_name(model, words) for model in members]


def _name(model: Model, words: Words) -> str:
    if model.label in ("", model.id, model.name) or model.id != model.name:
        return model.id
    return words("list.labelled", label=model.label, name=model.id)
