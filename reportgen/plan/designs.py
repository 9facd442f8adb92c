"""The design of a dataset, where a model or a table of it writes none of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from reportgen.core.errors import Path
from reportgen.data.dataset import Dataset, Design

DESIGN = frozenset(each.name for each in fields(Design))


def taken(kind: Any, written: Mapping[str, Any], dataset: Dataset) -> dict[str, Path]:
    """The keys that a kind takes from the design of its dataset, and where each stands.

    A kind that heeds designs has `sampled` true. One key written, `weights: null` too, is another
    design: then none is taken.
    """
    if dataset.design is None or not getattr(kind, "sampled", False) or DESIGN & set(written):
        return {}
    own = {each.name for each in fields(kind.Options)}
    path = ("datasets", dataset.name, "design")
    return {
        key: (*path, key)
        for key in sorted(DESIGN & own)
        if getattr(dataset.design, key) != getattr(Design(), key)
    }
