"""`reportgen explain CODE`: what a problem or a finding means, and what to do."""

from __future__ import annotations

import json
import textwrap
import tomllib
from argparse import Namespace
from collections.abc import Mapping
from importlib.resources import files

from reportgen.core.errors import Problem, UsageError
from reportgen.models.health.codes import FINDINGS
from reportgen.plan.problems import nearest

EFFECTS = {
    "fail": "The fit fails: none of its numbers is shown.",
    "withhold": "The coefficients concerned are not shown: there is no such number.",
    "no_error": "The coefficients concerned have no standard error, interval and test.",
    "mark": "The number is shown with a mark that leads to the reason.",
    "tell": "It weakens no number.",
}


def run(options: Namespace) -> int:
    """Print what the code means; without one, all codes."""
    known = codes()
    if options.code is None:
        found = known
    elif options.code in known:
        found = {options.code: known[options.code]}
    else:
        message = f"there is no code `{options.code}`"
        raise UsageError(Problem("unknown-code", message, hint=nearest(options.code, list(known))))
    if options.format == "json":
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    for code, meaning in found.items():
        print(f"{code}\n{textwrap.indent(textwrap.fill(meaning, 96), '    ')}")
    return 0


def codes() -> Mapping[str, str]:
    """Every code with its meaning, by the alphabet."""
    text = files("reportgen.core").joinpath("codes.toml").read_text(encoding="utf-8")
    found = {
        code: each for section in tomllib.loads(text).values() for code, each in section.items()
    }
    for code, finding in FINDINGS.items():
        meaning = f"{finding.meaning[:1].upper()}{finding.meaning[1:]}. {EFFECTS[finding.effect]}"
        found[code] = f"{found[code]} {EFFECTS[finding.effect]}" if code in found else meaning
    return dict(sorted(found.items()))
