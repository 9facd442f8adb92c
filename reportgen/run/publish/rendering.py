"""From a document to the bytes of every file of a report.

Laying out pages on paper takes longest, so the PDF of a document is kept. A document is the same
whenever it is made: one that differs in nothing but the time is the earlier one, with its time.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reportgen.core.contracts import written
from reportgen.core.digest import digest, plain
from reportgen.core.document import Document
from reportgen.core.numbers import conventions
from reportgen.core.words import load, writing
from reportgen.plan.types import Output
from reportgen.run.kept.cache import Cache
from reportgen.run.kept.keys import code
from reportgen.writers import WRITERS, naming
from reportgen.writers.csv import figure_csv, table_csv
from reportgen.writers.pages.assets import templates_digest
from reportgen.writers.pages.templates import digest as users_digest

COSTLY = "pdf"


def rendered(
    document: Document, output: Output, cache: Cache, epoch: str | None
) -> tuple[Document, dict[str, bytes]]:
    """The files of a report by their names, and the document as it was written.

    Where the time of building is not set (`epoch`), a document that was laid out before has the
    time that it had then.
    """
    if COSTLY not in output.formats:
        return document, render(document, output.formats, output.name)
    untimed = replace(document, build=replace(document.build, created=epoch or ""))
    key = digest([_text(untimed), code(), templates_digest(), users_digest()])
    known = cache.read("pages", key)
    others = [each for each in output.formats if each != COSTLY]
    if known is not None:
        document = replace(document, build=replace(document.build, created=known["created"]))
        pages = {f"{output.name}.pdf": b64decode(known["pdf"])}
        return document, render(document, others, output.name) | pages
    files = render(document, output.formats, output.name)
    kept = b64encode(files[f"{output.name}.pdf"]).decode("ascii")
    cache.put("pages", key, {"created": document.build.created, "pdf": kept})
    return document, files


def _text(document: Document) -> str:
    """All of a document as text; pictures by their digests."""

    def bare(value: Any) -> str:
        if isinstance(value, bytes):
            return hashlib.sha256(value).hexdigest()
        return str(value)

    return json.dumps(plain(document), default=bare, sort_keys=True, ensure_ascii=False)


def render(document: Document, formats: Sequence[str], name: str) -> dict[str, bytes]:
    """Every file of the report by its name below the output folder."""
    results = WRITERS.load("json").render(document)
    files = {"results.json": results}
    shown = replace(document.build, results_digest=hashlib.sha256(results).hexdigest())
    document = replace(document, build=shown)
    style = str(document.numbers.get("p", "default"))
    with conventions(writing(load(document.lang), style)):
        for format_ in formats:
            if format_ != "json":
                files |= written(WRITERS.load(format_), document, name)
    return files | _parts(document)


def _parts(document: Document) -> dict[str, bytes]:
    """Tables as CSV and figures as SVG and CSV, numbered as in the report."""
    files = {f"{name}.csv": table_csv(table) for name, table in naming.tables(document)}
    for name, figure in naming.figures(document):
        files[f"{name}.svg"] = figure.svg.encode()
        files[f"{name}.csv"] = figure_csv(figure)
    return files
