"""Writes reference.md: every kind that a spec can name, and its keys, from the code itself.

`python docs/generate.py` writes the file; with `--check` it writes nothing and exits with 1 if the
file is not what the code says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reportgen.cli.keys import Key, keys
from reportgen.cli.kinds import REGISTERS, summary
from reportgen.core.options import BlockOptions, ModelOptions, RecodeOptions
from reportgen.data.dataset import ColumnOptions, Design, SampleStep
from reportgen.data.join import JoinKeys
from reportgen.models import INTERNAL
from reportgen.plan.schema import (
    BrandKeys,
    ClaimKeys,
    DatasetKeys,
    ModelKeys,
    NumberKeys,
    OutputKeys,
    PdfKeys,
    ThemeKeys,
    Top,
)

REFERENCE = Path(__file__).parent / "reference.md"

INTRODUCTION = """\
# Reference

Every kind a spec can name, with its keys. This page is made from the code (`make docs`); the \
language
by example is in [language.md](language.md). A key without a default must be written.
"""

SPEC = {
    "The top level": Top,
    "A dataset": DatasetKeys,
    "A column": ColumnOptions,
    "A step of the sample": SampleStep,
    "The design of a sample": Design,
    "A file that is joined": JoinKeys,
    "Every model": ModelKeys,
    "A claim": ClaimKeys,
    "Output": OutputKeys,
    "Numbers": NumberKeys,
    "Brand": BrandKeys,
    "`theme.yaml` in a theme's folder": ThemeKeys,
    "PDF": PdfKeys,
}
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
    parts = [INTRODUCTION, "## The spec\n"]
    parts += [f"### {title}\n\n{table(options)}" for title, options in SPEC.items()]
    for register, title in TITLES.items():
        parts.append(f"## {title}\n")
        shared = COMMON.get(register)
        if shared:
            parts.append(f"Every one of them takes:\n\n{table(shared)}")
        own = frozenset(key.key for key in keys(shared)) if shared else frozenset()
        for name in REGISTERS[register]:
            if register == "models" and name in INTERNAL:
                continue
            kind = REGISTERS[register].load(name)
            parts.append(f"### `{name}`\n\n{summary(kind)}\n\n{table(kind.Options, skip=own)}")
    return "\n".join(parts)


def table(options: type, skip: frozenset[str] = frozenset()) -> str:
    """The keys of one Options class."""
    rows = [
        f"| `{key.key}` | {key.takes} | {default(key)} | {key.doc} |"
        for key in keys(options)
        if key.key not in skip
    ]
    if not rows:
        return ""
    return "\n".join(["| key | takes | default | |", "|---|---|---|---|", *rows, ""])


def default(key: Key) -> str:
    """The default as it would be written in YAML; "needed" where the key is."""
    return "needed" if key.needed else f"`{key.default}`" if key.default else ""


def main() -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in sys.argv:
        return int(not REFERENCE.is_file() or REFERENCE.read_text(encoding="utf-8") != text)
    REFERENCE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
