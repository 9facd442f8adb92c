"""Spec → Plan: everything is understood, merged and checked; all problems are told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from math import prod
from typing import Any, get_args

from reportgen.core.colours import is_colour
from reportgen.core.errors import Path, SpecError
from reportgen.core.types import Scalar
from reportgen.core.words import languages, primary
from reportgen.plan.blocks import blocks
from reportgen.plan.check import Spec, check
from reportgen.plan.convert import options
from reportgen.plan.datasets import Header, datasets, unknown
from reportgen.plan.matrix import axes, first
from reportgen.plan.models import Models
from reportgen.plan.params import substitute, values
from reportgen.plan.problems import Problems
from reportgen.plan.resolved import resolved
from reportgen.plan.schema import BrandKeys, OutputKeys, ThemeName, Top
from reportgen.plan.types import Output, Plan, Source
from reportgen.plan.values import Values
from reportgen.writers import WRITERS

LANGUAGE = 1
THEMES = get_args(ThemeName)
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def plan(source: Source, overrides: Mapping[str, str], header: Header = unknown) -> Plan:
    """The plan of a spec. SpecError with all its problems, in the order of the file.

    `overrides` are parameters from the command line; UsageError for one that the spec has not.
    `header` gives the columns that a dataset's files have, as far as they can be known.
    """
    problems = Problems(source)
    if not isinstance(source.data, Mapping):
        problems.add("wrong-type", "a spec is a mapping that begins with `reportgen: 1`", ())
        raise SpecError(problems.found)
    found = axes(source.data.get("matrix"), problems)
    params = values(source.data.get("params"), overrides, problems, first(found))
    top = _top(source.data, params, problems)
    if top is None:
        raise SpecError(problems.sorted())
    _language(top.lang, problems)
    known = datasets(top.datasets, problems, header)
    models = Models(top.models, top.defaults, known, problems)
    fits = models.fits()
    names = frozenset(fits) | {fit.name for fit in fits.values()} | set(models.given)
    shown = blocks(top.report, problems, known, models.defaults.get("data"))
    spec = Spec(known, fits, shown, frozenset(names))
    output = _output(top.output, problems)
    brand = _brand(top.brand, problems)
    check(spec, problems)
    Values(spec, params, problems).check(top.abstract)
    if problems.found or output is None or brand is None:
        raise SpecError(problems.sorted())
    return Plan(
        source=source,
        title=top.title,
        subtitle=top.subtitle,
        authors=top.authors,
        date=top.date,
        lang=top.lang,
        brand=brand,
        abstract=top.abstract,
        datasets={name: each.dataset for name, each in known.items()},
        fits=fits,
        blocks=spec.blocks,
        output=output,
        params=params,
        axes=found,
        resolved=resolved(top, models.resolved, params),
        declared=len(fits) * prod(len(axis.values) or 1 for axis in found),
        given=dict(overrides),
    )


def _top(data: Mapping[str, Any], params: Mapping[str, Scalar], problems: Problems) -> Top | None:
    """The top level, with parameters put in. Models may hold names that only `each` gives."""
    filled = {
        key: value
        if key in ("params", "matrix", "models", "defaults")
        else substitute(value, params, problems, (key,))
        if key != "abstract"
        else value
        for key, value in data.items()
    }
    for key in ("models", "defaults"):
        if key in filled:
            filled[key] = substitute(filled[key], params, problems, (key,), strict=False)
    if "reportgen" in filled and filled["reportgen"] != LANGUAGE:
        message = f"this reportgen reads version {LANGUAGE} of the language"
        problems.add("version", message, ("reportgen",), help=f"write `reportgen: {LANGUAGE}`")
    known = {each.name for each in fields(Top)}
    empty = {key for key, value in filled.items() if value is None and key in known}
    trial = {key: value for key, value in filled.items() if key not in empty}
    made: Top | None = options(Top, trial, (), problems, "the spec")
    if made is None:
        # One wrong key must not hide what is wrong below the others.
        rest = {key: value for key, value in trial.items() if key in known}
        scratch = Problems(problems.source)
        needed = {"reportgen": LANGUAGE, "title": "", "report": []}
        made = options(Top, {**needed, **rest}, (), scratch, "the spec")
    return made


def _language(lang: str, problems: Problems) -> None:
    if primary(lang) not in languages():
        message = f"there are no words in the language `{lang}`"
        problems.unknown("unknown-language", message, lang, languages(), ("lang",))


def _output(given: Mapping[str, Any], problems: Problems) -> Output | None:
    made = options(OutputKeys, given, ("output",), problems, "`output`")
    if made is None:
        return None
    for number, name in enumerate(made.formats):
        if name not in WRITERS:
            path: Path = ("output", "formats", number)
            path = path if path in problems.source.values else path[:2]
            problems.unknown("unknown-format", f"there is no format `{name}`", name, WRITERS, path)
    if not SAFE.fullmatch(made.name):
        message = f"`{made.name}` is no name for a file"
        problems.add("file-name", message, ("output", "name"), help="use letters, digits, - and _")
    if made.table_rows < 0:
        problems.add("bad-value", "`table_rows` is 0 or more", ("output", "table_rows"))
    own = "/" in made.theme
    if not own and made.theme not in THEMES:
        message = f"there is no theme `{made.theme}`"
        listed = f"there are: {', '.join(THEMES)}; a folder of your own begins with `./`"
        path = ("output", "theme")
        problems.unknown("bad-value", message, made.theme, THEMES, path, help=listed)
    # What a theme of the user's own says of numbers is known once its folder is read.
    style = made.numbers.p or (None if own else made.theme)
    numbers = {"p": style} if style else {}
    return Output(made.formats, made.theme, made.name, numbers, made.table_rows, made.pdf.variant)


def _brand(given: Mapping[str, Any], problems: Problems) -> BrandKeys | None:
    made: BrandKeys | None = options(BrandKeys, given, ("brand",), problems, "`brand`")
    if made is None:
        return None
    check_brand(made, problems)
    return made


def check_brand(brand: BrandKeys, problems: Problems) -> None:
    """A colour is one, and a logo has a name. `problems` are of what `brand` is a key of."""
    if brand.accent and not is_colour(brand.accent):
        message = f"`{brand.accent}` is no colour"
        problems.add("bad-value", message, ("brand", "accent"), help='write `"#0b5a8a"`, in quotes')
    if brand.logo and not brand.name:
        message = "a logo needs a `name`: what it says, for those who cannot see it"
        problems.add("missing-key", message, ("brand",))
