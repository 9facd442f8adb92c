"""Writes reference.md: every kind that a spec can name, and its keys, from the code itself.

`python docs/generate.py` writes the file; with `--check` it writes nothing and exits with 1 if the
file is not what the code says.
"""

from __future__ import annotations

import sys
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from reportgen.cli.kinds import REGISTERS
from reportgen.core.options import BlockOptions, ModelOptions, RecodeOptions, spelled
from reportgen.models import INTERNAL

REFERENCE = Path(__file__).parent / "reference.md"

INTRODUCTION = """\
# Reference

Every kind a spec can name, with its keys. This page is made from the code (`make docs`); the \
language
by example is in [language.md](language.md). A key without a default must be written.
"""

TITLES = {
    "models": "Models",
    "tables": "Tables",
    "plots": "Plots",
    "recodes": "Recodes",
    "sources": "Sources",
}
COMMON = {
    "models": ModelOptions,
    "tables": BlockOptions,
    "plots": BlockOptions,
    "recodes": RecodeOptions,
}


def page() -> str:
    """The whole reference as Markdown."""
    parts = [INTRODUCTION]
    for register, title in TITLES.items():
        parts.append(f"## {title}\n")
        shared = COMMON.get(register)
        if shared:
            parts.append(f"Every one of them takes:\n\n{table(shared, skip=frozenset())}")
        for name in REGISTERS[register]:
            if register == "models" and name in INTERNAL:
                continue
            kind = REGISTERS[register].load(name)
            own = frozenset(field.name for field in fields(shared)) if shared else frozenset()
            summary = (type(kind).__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
            parts.append(f"### `{name}`\n\n{summary}\n\n{table(kind.Options, skip=own)}")
    return "\n".join(parts)


def table(options: type, skip: frozenset[str]) -> str:
    """The keys of one Options class."""
    hints = get_type_hints(options, include_extras=True)
    rows = [
        f"| `{spelled(field.name)}` | {written(hints[field.name])} | {default(field)} | "
        f"{field.metadata['doc']} |"
        for field in fields(options)
        if field.name not in skip
    ]
    if not rows:
        return ""
    return "\n".join(["| key | takes | default | |", "|---|---|---|---|", *rows, ""])


def default(field: Any) -> str:
    """The default as it would be written in YAML; empty where the key is needed."""
    if field.default is MISSING and field.default_factory is MISSING:
        return "needed"
    value = field.default if field.default is not MISSING else field.default_factory()
    if value in (None, (), {}, ""):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value}`"


def written(hint: Any) -> str:
    """An annotation in the words of a spec's author."""
    marks = getattr(hint, "__metadata__", ())
    if marks:
        return marks[0].role
    origin, inner = get_origin(hint), [each for each in get_args(hint) if each is not Ellipsis]
    if origin is tuple:
        return f"{written(inner[0])}, or a list"
    if origin is dict:
        return f"mapping to {written(inner[1])}"
    if str(origin) == "typing.Literal":
        return " or ".join(
            f"`{str(each).lower() if isinstance(each, bool) else each}`" for each in inner
        )
    if inner:
        kinds = [written(each) for each in inner if each is not type(None)]
        return " or ".join(dict.fromkeys(kinds))
    words = {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "`true` or `false`",
        Any: "anything",
    }
    return words.get(hint, getattr(hint, "__name__", str(hint)))


def main() -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in sys.argv:
        return int(not REFERENCE.is_file() or REFERENCE.read_text(encoding="utf-8") != text)
    REFERENCE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
