"""The spec as it is understood: after params, defaults and like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from reportgen.core.types import Scalar
from reportgen.plan.models import Merged
from reportgen.plan.schema import Top
from reportgen.plan.types import Plan


def resolved(
    top: Top, models: Mapping[str, Merged], params: Mapping[str, Scalar]
) -> dict[str, Any]:
    """Plain data of the whole spec; `defaults` are gone, since every model has what it took."""
    whole = {each.name: getattr(top, each.name) for each in fields(Top)}
    whole["authors"], whole["report"] = list(top.authors), list(top.report)
    whole["params"] = dict(params)
    whole["models"] = {
        name: {
            key: value for key, value in merged.keys.items() if key != "like" and value is not None
        }
        for name, merged in models.items()
    }
    del whole["defaults"]
    return {key: value for key, value in whole.items() if value not in ("", [], {}, ())}


def yaml_text(plan: Plan) -> str:
    """The resolved spec as YAML, in the order of writing."""
    import yaml

    text: str = yaml.safe_dump(
        plan.resolved, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )
    return text.rstrip("\n")
