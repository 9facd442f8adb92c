"""`include`: other YAML files whose params, datasets, defaults and models a spec shares.

What they define is merged under the spec's own names before anything else happens; every value
keeps the file and line where it stands. A name that two files define is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path as File
from typing import Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Path, Place, Problem, SpecError
from reportgen.data.paths import find
from reportgen.plan.source import load, locate_key
from reportgen.plan.types import Source

SHARED = ("params", "datasets", "defaults", "models")
MOST_FILES = 50


def load_whole(path: File) -> Source:
    """The spec in a file with everything it includes. SpecError with all problems of all files."""
    source = load(path)
    if not isinstance(source.data, Mapping) or "include" not in source.data:
        return source
    merged = _Merged(dict(source.data), dict(source.values), dict(source.keys), [source])
    _include(source, path.parent, merged)
    if merged.problems:
        raise SpecError(merged.problems)
    merged.data.pop("include")
    texts = {each.file: each.text for each in merged.sources}
    return Source(source.file, source.text, merged.data, merged.values, merged.keys, texts)


@dataclass
class _Merged:
    """The tree while files are merged into it, and where everything stands."""

    data: dict[str, Any]
    values: dict[Path, Place]
    keys: dict[Path, Place]
    sources: list[Source]
    problems: list[Problem] = field(default_factory=list)


def _include(source: Source, root: File, merged: _Merged) -> None:
    for path, name in _names(source, merged):
        place = source.values.get(path) or source.values[path[:1]]
        try:
            file = find(name, (root,))
        except DataError as error:
            merged.problems += [problem.at(place) for problem in error.problems]
            continue
        if len(merged.sources) >= MOST_FILES:
            merged.problems.append(
                Problem("include-limit", f"a spec includes at most {MOST_FILES} files", place=place)
            )
            return
        if any(File(each.file).resolve() == file for each in merged.sources):
            continue  # a file that two others include is read once; a circle ends here
        part = load(root / name)
        merged.sources.append(part)
        if not isinstance(part.data, Mapping):
            message = f"`{name}` is not a mapping with {_listed()}"
            merged.problems.append(Problem("wrong-type", message, place=place))
            continue
        _take(part, name, merged)
        _include(part, root, merged)


def _names(source: Source, merged: _Merged) -> Sequence[tuple[Path, str]]:
    given = source.data.get("include")
    names = [given] if isinstance(given, str) else given
    if names is None:
        return []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        place = source.values[("include",)]
        merged.problems.append(
            Problem("wrong-type", "`include` must be a file or a list of files", place=place)
        )
        return []
    return [(("include", number), name) for number, name in enumerate(names)]


def _take(part: Source, name: str, merged: _Merged) -> None:
    """The definitions of one file join the tree."""
    for section, given in part.data.items():
        if section in ("include", "reportgen"):
            continue
        if section not in SHARED:
            message = f"an included file has no `{section}`: it shares {_listed()}"
            place = locate_key(part, (section,))
            merged.problems.append(Problem("unknown-key", message, place=place))
        elif not isinstance(given, Mapping):
            message = f"`{section}` must be a mapping"
            merged.problems.append(Problem("wrong-type", message, place=part.values[(section,)]))
        else:
            _merge(part, section, given, merged)


def _merge(part: Source, section: str, given: Mapping[str, Any], merged: _Merged) -> None:
    own = merged.data.get(section) or {}
    if not isinstance(own, Mapping):
        return  # told where the spec itself is checked
    for key in given:
        if key in own:
            first = merged.keys[(section, key)]
            message = f"`{key}` is defined twice, here and in {first.file}:{first.line}"
            place = locate_key(part, (section, key))
            merged.problems.append(
                Problem("defined-twice", message, place=place, help="one name has one place")
            )
    merged.data[section] = {**given, **own}
    merged.values.setdefault((section,), part.values[(section,)])
    merged.keys.setdefault((section,), part.keys[(section,)])
    for path, place in part.values.items():
        if path[:1] == (section,) and len(path) > 1:
            merged.values.setdefault(path, place)
    for path, place in part.keys.items():
        if path[:1] == (section,) and len(path) > 1:
            merged.keys.setdefault(path, place)


def _listed() -> str:
    return ", ".join(f"`{name}`" for name in SHARED)
