"""`reportgen schema`: the JSON Schema of the language."""

from __future__ import annotations

import json
from argparse import Namespace

from reportgen.cli.specs import read
from reportgen.plan.jsonschema import schema, schema_of


def run(options: Namespace) -> int:
    """Print the schema; with `--resolve SPEC`, with the names of that spec's own things."""
    made = schema_of(read(options.resolve, options)) if options.resolve else schema()
    print(json.dumps(made, indent=2, ensure_ascii=False))
    return 0
