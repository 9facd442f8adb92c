"""`reportgen kinds`: what a spec can ask for, and the keys of one kind."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.errors import Problem, UsageError
from reportgen.core.options import spelled
from reportgen.core.registry import Registry
from reportgen.data import RECODES, SOURCES
from reportgen.models import INTERNAL, MODELS
from reportgen.writers import WRITERS

REGISTERS: Mapping[str, Registry] = {
    "models": MODELS,
    "tables": TABLES,
    "plots": PLOTS,
    "recodes": RECODES,
    "sources": SOURCES,
    "formats": WRITERS,
}


def run(options: Namespace) -> int:
    """Print the registers, or the keys of the kinds called `name`."""
    found: Mapping[str, Any] = _keys(options.name) if options.name else _names()
    if options.name and not found:
        message = f"there is no kind `{options.name}`"
        raise UsageError(Problem("unknown-kind", message, help="`reportgen kinds` lists them all"))
    if options.format == "json":
        print(json.dumps(found, indent=2))
    elif options.name:
        _print_keys(found)
    else:
        for register, names in found.items():
            print(f"{register:<8} {' '.join(names)}")
    return 0


def _names() -> dict[str, list[str]]:
    return {
        title: [name for name in register if name not in INTERNAL]
        for title, register in REGISTERS.items()
    }


def _keys(name: str) -> dict[str, Any]:
    return {
        title: [_key(field) for field in fields(register.load(name).Options)]
        for title, register in REGISTERS.items()
        if name in register and name not in INTERNAL and hasattr(register.load(name), "Options")
    }


def _key(field: Any) -> dict[str, Any]:
    needed = field.default is MISSING and field.default_factory is MISSING
    default = None if needed or field.default is MISSING else field.default
    return {
        "key": spelled(field.name),
        "needed": needed,
        "default": default,
        "doc": field.metadata["doc"],
    }


def _print_keys(found: Mapping[str, list[dict[str, Any]]]) -> None:
    for title, keys in found.items():
        print(title.removesuffix("s"))
        width = max(len(key["key"]) for key in keys)
        for key in keys:
            note = " (needed)" if key["needed"] else ""
            sys.stdout.write(f"  {key['key']:<{width}}  {key['doc']}{note}\n")
