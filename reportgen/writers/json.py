"""results.json: the record of a build, a contract with other programs (`reportgen/results/1`)."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from reportgen.core.digest import plain
from reportgen.core.document import Build, Claim, Document
from reportgen.core.record import dataset_record, model_record

SCHEMA = "reportgen/results/1"


class Json:
    """Every number of a report at full precision; null where none is defined, never NaN."""

    suffix: ClassVar[str] = ".json"

    def render(self, document: Document) -> bytes:
        """The file, its keys in the order of the contract."""
        text = json.dumps(record(document), indent=1, ensure_ascii=False, allow_nan=False)
        return f"{text}\n".encode()


def record(document: Document) -> dict[str, Any]:
    """The record as plain data."""
    return {
        "schema": SCHEMA,
        "title": document.title,
        "build": _build(document.build),
        "datasets": {name: dataset_record(facts) for name, facts in document.datasets.items()},
        "models": {name: model_record(model) for name, model in document.models.items()},
        "claims": [_claim(claim) for claim in document.claims],
    }


def _build(build: Build) -> dict[str, Any]:
    return {
        "versions": plain(build.versions),
        "spec_sha256": build.spec_sha256,
        "git": build.git,
        "created": build.created,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {"claim": claim.claim, "holds": claim.holds, "line": claim.line}
