"""The brand of a report: its logo is read here, beneath the folder of what names it and nowhere
else.
"""

from __future__ import annotations

from pathlib import Path

from reportgen.core.document import Brand
from reportgen.core.errors import DataError, DocumentError, Problem
from reportgen.data.paths import find
from reportgen.plan.schema import BrandKeys
from reportgen.plan.source import locate
from reportgen.plan.types import Plan, Source

LARGEST = 1_000_000
"""Bytes: a report that is sent round should not be mostly logo."""

_PLACE = ("brand", "logo")


def brand_of(plan: Plan) -> Brand:
    """The brand of a spec with the bytes of its logo. DocumentError, with its place in the spec,
    where there is no such file, or it is no picture that a report can hold.
    """
    keys = plan.brand
    logo = logo_of(keys, Path(plan.source.file).resolve().parent, plan.source)
    return Brand(logo, keys.name, keys.accent)


def logo_of(keys: BrandKeys, folder: Path, source: Source) -> bytes:
    """The bytes of a logo beneath a folder; none where none is named. DocumentError, with its place
    in what names it.
    """
    if keys.logo is None:
        return b""
    from reportgen.writers.pages.logo import checked  # reads SVG, and most reports have no logo

    try:
        data = _read(keys.logo, folder)
        checked(data)
    except (DataError, DocumentError) as error:
        problem = error.problems[0]
        code = problem.code if isinstance(error, DataError) else "logo"
        help_ = "" if isinstance(error, DataError) else problem.help
        place = locate(source, _PLACE)
        wrong = Problem(code, problem.message, _PLACE, help=help_, place=place)
        raise DocumentError(wrong) from error
    return data


def _read(name: str, folder: Path) -> bytes:
    path = find(name, (folder,))
    if path.stat().st_size > LARGEST:
        message = f"`{name}` is larger than {LARGEST:,} bytes"
        raise DocumentError(Problem("logo", message, help="make it smaller"))
    return path.read_bytes()
