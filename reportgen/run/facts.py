"""From what and with what a report was made: versions, digests, seeds, the commit."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from reportgen import __version__
from reportgen.core.document import Build
from reportgen.core.types import Scalar
from reportgen.plan.types import Plan
from reportgen.run.git import commit
from reportgen.run.kept.installed import version

LIBRARIES = ("numpy", "scipy", "pandas", "patsy", "statsmodels", "matplotlib", "weasyprint")


def build_facts(plan: Plan, folder: Path, created: str) -> Build:
    """The facts of this build; `folder` is where the spec stands, `created` when it was made."""
    import shlex

    return Build(
        versions=versions(),
        spec_name=Path(plan.source.file).name,
        spec_sha256=hashlib.sha256(plan.source.whole.encode()).hexdigest(),
        spec_text=plan.source.text,
        git=commit(folder.resolve()),
        created=created,
        params=plan.params,
        seeds=_seeds(plan),
        included=_included(plan),
        command=shlex.join(_command(plan)),
        engine=plan.engine,
    )


def _command(plan: Plan) -> Iterator[str]:
    """What makes this report again, beside the spec: its place in a matrix, its parameters."""
    yield from ("reportgen", "build", Path(plan.source.file).name)
    axes = {axis.name for axis in plan.axes}
    for name, value in plan.given.items():
        yield from ("--matrix" if name in axes else "--set", f"{name}={value}")
    if plan.engine is not None:
        yield from ("--engine", plan.engine)


def _included(plan: Plan) -> dict[str, str]:
    """The texts of the files that the spec includes, by their names beside it."""
    source = plan.source
    return {
        Path(os.path.relpath(file, Path(source.file).parent)).as_posix(): text
        for file, text in source.texts.items()
        if file != source.file
    }


def versions() -> dict[str, str]:
    """reportgen, Python and every library that a number or a page depends on."""
    own = {"reportgen": __version__, "python": sys.version.split()[0]}
    return own | {name: version(name) for name in LIBRARIES}


def _seeds(plan: Plan) -> dict[str, int]:
    seeds: dict[str, int] = {}
    for dataset in plan.datasets.values():
        for step in dataset.recodes:
            seed: Scalar = getattr(step.options, "seed", None)
            if isinstance(seed, int):
                seeds[f"{dataset.name}.{step.name}"] = seed
    for fit in plan.fits.values():
        if fit.options.impute is not None:
            seeds[fit.name] = fit.options.impute.seed
    return seeds
