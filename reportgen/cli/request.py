"""From the command line to what a build may touch and where it writes."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from reportgen.core.errors import Problem, UsageError
from reportgen.plan.types import Plan
from reportgen.run.clock import created
from reportgen.run.engine import Request
from reportgen.run.kept.folders import cache_folder


def request(path: Path, plan: Plan | None, options: Namespace, out: Path = Path()) -> Request:
    """The request of a command that reads data; `out` is where it writes, if it does.

    UsageError for a folder that does not exist.
    """
    templates = getattr(options, "templates", None)
    folders = [("--data-dir", folder) for folder in options.data_dir]
    for option, folder in [*folders, *([("--templates", templates)] if templates else [])]:
        if not folder.is_dir():
            message = f"there is no folder `{folder}`"
            raise UsageError(Problem("no-folder", message, help=f"`{option}` takes folders"))
    own = cache_folder(os.environ)
    date = plan.date if plan else ""
    return Request(
        spec=path,
        data_dirs=tuple(options.data_dir),
        out=out,
        created=created(os.environ, date),
        downloads=own / "downloads" if own else None,
        fetch=options.allow_download,
        secrets=os.environ,
        epoch=os.environ.get("SOURCE_DATE_EPOCH") or date or None,
        audit=getattr(options, "audit", False),
        cache=kept(options),
        templates=templates,
        allow_templates=getattr(options, "allow_templates", False),
    )


def kept(options: Namespace) -> Path | None:
    """Where results are kept between builds; None where nothing shall be."""
    return None if options.no_cache else cache_folder(os.environ)
