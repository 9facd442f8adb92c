"""`theme.yaml` in the folder of a theme: text → its keys, typed and checked."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.core.errors import SpecError
from reportgen.plan.build import check_brand
from reportgen.plan.convert import options
from reportgen.plan.problems import Problems
from reportgen.plan.schema import ThemeKeys
from reportgen.plan.source import parse
from reportgen.plan.types import Source

NOTHING = Source("theme.yaml", "", {}, {}, {})


def theme_keys(text: str, file: str) -> tuple[ThemeKeys, Source]:
    """The keys of a theme, and where each stands. SpecError with everything that is wrong."""
    source = parse(text, file)
    problems = Problems(source)
    if not isinstance(source.data, Mapping):
        if source.data is None:
            return ThemeKeys(), source
        problems.add("wrong-type", "a theme is a mapping with keys like `base` and `brand`", ())
        raise SpecError(problems.found)
    made: ThemeKeys | None = options(ThemeKeys, source.data, (), problems, "a theme")
    if made is not None:
        check_brand(made.brand, problems)
    if made is None or problems.found:
        raise SpecError(problems.sorted())
    return made, source
