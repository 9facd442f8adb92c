"""A report that stands as an earlier build left it: then there is nothing to do.

What a report rests on is named by one key: the spec with its parameters, the bytes of the data, the
code with its templates, the commit shown in its foot, and a date where one is set. The clock is
not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.errors import Problem
from reportgen.plan.types import Plan
from reportgen.run.git import commit
from reportgen.run.kept.cache import Cache
from reportgen.run.kept.keys import code
from reportgen.run.kept.memory import Memory
from reportgen.run.themes import Theme
from reportgen.writers.pages.assets import templates_digest


@dataclass(frozen=True)
class Standing:
    """The files of a finished build with their digests, what was wrong with it, and the warnings
    of its models.
    """

    files: Mapping[str, str]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def standing_key(
    plan: Plan, memory: Memory, theme: Theme, out: Path, epoch: str | None
) -> str | None:
    """What the report in the folder `out` rests on; None where its data are no files."""
    keys = list(memory.frames.keys_.values())
    if None in keys:
        return None
    folder = Path(plan.source.file).resolve().parent
    return digest([
        plan.source.whole, plan.params, plan.output, str(out.resolve()), epoch, commit(folder),
        [fit.options.engine for fit in plan.fits.values()],
        [each.whole for each in keys if each], code(), templates_digest(), theme.digest,
    ])  # fmt: skip


def standing(cache: Cache, key: str, out: Path) -> Standing | None:
    """The build kept under a key, if every one of its files is there, byte for byte."""
    found = cache.get("build", key, Standing)
    if found is None or any(_digest(out / name) != sha for name, sha in found.files.items()):
        return None
    return found


def stand(
    cache: Cache,
    key: str,
    files: Mapping[str, bytes],
    problems: tuple[Problem, ...],
    warnings: tuple[Problem, ...],
) -> None:
    """Keep what a build left behind."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    cache.put("build", key, Standing(digests, problems, warnings))


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
