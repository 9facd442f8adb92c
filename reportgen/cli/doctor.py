"""`reportgen doctor`: what a build may need, whether it is here, and how to get it."""

from __future__ import annotations

import json
import os
import platform
import sys
from argparse import Namespace
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DocumentError
from reportgen.run.facts import LIBRARIES
from reportgen.run.kept.folders import cache_folder
from reportgen.writers.pdf import require_pango

EXTRAS = {
    "pyarrow": "parquet", "openpyxl": "excel", "pyreadstat": "labelled", "sqlalchemy": "sql",
    "python-docx": "docx", "pypdf": "verify", "distributed": "dask",
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. What is optional may be missing."""

    name: str
    ready: bool
    text: str
    optional: bool = False


def run(options: Namespace) -> int:
    """0 if everything that is needed is there, else 5."""
    found = [_python(), *map(_library, LIBRARIES), _pango(), *map(_extra, EXTRAS), *_folders()]
    if options.format == "json":
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        width = max(len(each.name) for each in found)
        for each in found:
            mark = "ok" if each.ready else "—" if each.optional else "MISSING"
            print(f"{mark:<8}{each.name:<{width}}  {each.text}")
    return 0 if all(each.ready or each.optional for each in found) else DocumentError.exit_code


def _python() -> Finding:
    ready = sys.version_info >= (3, 11)
    return Finding("python", ready, platform.python_version())


def _library(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, f"pip install {name}")


def _extra(name: str) -> Finding:
    found = _library(name)
    text = found.text if found.ready else f"pip install 'reportgen[{EXTRAS[name]}]'"
    return Finding(name, found.ready, text, optional=True)


def _pango() -> Finding:
    try:
        require_pango()
    except DocumentError as error:
        problem = error.problems[0]
        return Finding("pango", False, f"{problem.message}; {problem.help}")
    return Finding("pango", True, "PDF can be written")


def _folders() -> list[Finding]:
    here = Path.cwd()
    return [_cache(), Finding("here", os.access(here, os.W_OK), str(here))]


def _cache() -> Finding:
    folder = cache_folder(os.environ)
    if folder is None:
        text = "no home folder: name one with REPORTGEN_CACHE, or nothing is kept between builds"
        return Finding("cache", False, text, optional=True)
    there = next(part for part in (folder, *folder.parents) if part.exists())
    return Finding("cache", os.access(there, os.W_OK), str(folder), optional=True)
