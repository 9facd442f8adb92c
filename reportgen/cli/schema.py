"""`reportgen schema`: the JSON Schema of the language."""

from __future__ import annotations

import json
from argparse import Namespace

from reportgen.plan.jsonschema import schema


def run(options: Namespace) -> int:
    """Print the schema."""
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
    return 0
