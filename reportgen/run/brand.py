"""The brand of a report: its logo is read here, beneath the spec's folder and nowhere else."""

from __future__ import annotations

from pathlib import Path

from reportgen.core.document import Brand
from reportgen.core.errors import DataError, DocumentError, Problem
from reportgen.data.paths import find
from reportgen.plan.types import Plan
from reportgen.run.locate import located
from reportgen.writers.logo import checked

LARGEST = 1_000_000
"""Bytes: a report that is sent round should not be mostly logo."""

_PLACE = ("brand", "logo")


def brand_of(plan: Plan) -> Brand:
    """The brand with the bytes of its logo. DocumentError, with its place in the spec, where there
    is no such file, or it is no picture that a report can hold.
    """
    keys = plan.brand
    if keys.logo is None:
        return Brand(name=keys.name, accent=keys.accent)
    try:
        data = _read(keys.logo, Path(plan.source.file).resolve().parent)
        checked(data)
    except DataError as error:
        problem = error.problems[0]
        wrong = Problem(problem.code, problem.message, _PLACE)
        raise located(DocumentError(wrong), plan) from error
    except DocumentError as error:
        wrong = Problem("logo", error.problems[0].message, _PLACE, help=error.problems[0].help)
        raise located(DocumentError(wrong), plan) from error
    return Brand(data, keys.name, keys.accent)


def _read(name: str, folder: Path) -> bytes:
    path = find(name, (folder,))
    if path.stat().st_size > LARGEST:
        message = f"`{name}` is larger than {LARGEST:,} bytes"
        raise DocumentError(Problem("logo", message, help="make it smaller"))
    return path.read_bytes()
