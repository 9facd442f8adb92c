"""A fit as other programs and the prose see it: the `models` part of results.json.

Tables, prose, claims and results.json all start from the same Result; this is the one place that
gives its numbers their public names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.core.digest import plain
from reportgen.core.types import Coef, Facts, Model, Result

COMPONENT = ("var", "sd", "se")
"""What the contract says of a variance component; prose may name its other fields, too."""


def model_record(model: Model) -> dict[str, Any]:
    """One model by the contract of results.json: full precision, None for what is undefined."""
    result = model.result
    return {
        "kind": result.kind,
        "label": model.label,
        "formula": result.formula,
        "data": model.data,
        "status": result.status,
        "n": result.n,
        "n_groups": result.n_groups,
        "group_size": plain(result.group_size),
        "coef": {name: _coef(coef) for name, coef in result.coef.items()},
        "stats": plain(result.stats),
        "icc": plain(result.icc),
        "variance": {
            name: {key: plain(getattr(component, key)) for key in COMPONENT}
            for name, component in result.variance.items()
        },
        "correlation": plain(result.correlation or _working(result)),
        "random_effects": plain(result.random_effects),
        "notes": [
            {"level": note.level, "code": note.code, "text": note.text} for note in result.notes
        ],
    }


def _working(result: Result) -> Mapping[str, float]:
    """The working correlations of estimating equations; an odds ratio is none."""
    known = result.working
    return {} if known is None or known.structure == "global_odds_ratio" else known.values


def _coef(coef: Coef) -> dict[str, Any]:
    """A coefficient; what only some estimators know of it stands beside the rest."""
    record: dict[str, Any] = plain(coef)
    more: dict[str, Any] = record.pop("more")
    return record | more


def dataset_record(facts: Facts) -> dict[str, Any]:
    """One dataset by the contract of results.json."""
    return {
        "rows_read": facts.rows_read,
        "n": facts.n,
        "sha256": facts.sha256,
        "steps": [
            {"label": step.label, "before": step.before, "after": step.after}
            for step in facts.steps
        ],
    }


def store(
    models: Mapping[str, Model], datasets: Mapping[str, Facts], params: Mapping[str, Any]
) -> dict[str, Any]:
    """What prose and claims may name: `models`, `data`, `params`, as plain nested mappings.

    A list of models is a mapping from its members' values to their records: `models.icc["BMXBMI"]`.
    """
    tree: dict[str, Any] = {}
    for model in models.values():
        record = model_record(model)
        record["wald"] = plain(model.result.wald)
        level = {"confidence": model.result.confidence}
        record["coef"] = {name: coef | level for name, coef in record["coef"].items()}
        record["variance"] = plain(model.result.variance)
        if model.id == model.name:
            tree[model.name] = record
        else:
            tree.setdefault(model.name, {})[model.id[len(model.name) + 1 : -1]] = record
    data = {name: dataset_record(facts) for name, facts in datasets.items()}
    return {"models": tree, "data": data, "params": dict(params)}
