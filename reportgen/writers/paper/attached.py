"""What a PDF has inside: the spec, the results, and the tables as data. `verify` reads it back."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from reportgen.core.digest import plain
from reportgen.core.document import Build, Document
from reportgen.core.errors import DocumentError, Problem
from reportgen.writers import naming
from reportgen.writers.csv import figure_csv, table_csv
from reportgen.writers.json import Json
from reportgen.writers.paper.fetch import Asset, Closed

if TYPE_CHECKING:
    from weasyprint import Attachment

RESULTS, BUILD = "results.json", "build.json"
SCHEMA = "reportgen/build/1"
YAML, CSV = "application/yaml", "text/csv"
TEMPLATES = "given-templates"
"""Where templates of the command line stand: beside the spec there may be a folder of any name."""

KINDS = {".yaml": YAML, ".css": "text/css", ".j2": "text/plain", ".svg": "image/svg+xml",
         ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}  # fmt: skip


def attached(document: Document) -> dict[str, Asset]:
    """The files by name: what it takes to make the report again, to compare, and to compute on.

    Tables are called as in their folder, for a note below a long one names its file; figures with
    theirs, since a figure may have the number and the kind of a table.
    """
    build = document.build
    files = {build.spec_name: Asset(build.spec_text.encode(), YAML)}
    files |= {name: Asset(text.encode(), YAML) for name, text in build.included.items()}
    looks = looks_of(build)
    files |= {name: Asset(data, _kind(name)) for name, data in looks.items()}
    files[RESULTS] = Asset(Json().render(document), "application/json")
    files[BUILD] = Asset(_build(document), "application/json")
    for name, table in naming.tables(document):
        files[PurePosixPath(f"{name}.csv").name] = Asset(table_csv(table), CSV)
    for name, figure in naming.figures(document):
        files[f"{name}.csv"] = Asset(figure_csv(figure), CSV)
    if any(files[name].data is not data for name, data in looks.items()):
        taken = next(name for name, data in looks.items() if files[name].data is not data)
        message = f"`{taken}` is the name of another file that the report has inside"
        raise DocumentError(Problem("file-name", message, help="give the logo another name"))
    return files


def looks_of(build: Build) -> dict[str, bytes]:
    """What decides how a report looks, by names: a logo, the files of a theme, given templates."""
    given = {f"{TEMPLATES}/{name}": text.encode() for name, text in build.templates.items()}
    return {**build.beside, **given}


def _kind(name: str) -> str:
    return KINDS.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def attachments(files: dict[str, Asset], document: Document, fetcher: Closed) -> list[Attachment]:
    """The files as WeasyPrint takes them, in the order that a tree of names has to have."""
    from weasyprint import Attachment

    moment = datetime.fromisoformat(document.build.created)
    return [
        Attachment(
            url=Asset.url(name),
            url_fetcher=fetcher,
            name=name,
            description=name,
            created=moment,
            modified=moment,
        )
        for name in sorted(files, key=str.encode)
    ]


def related(pdf: Any, document: Document) -> None:
    """Say of each file inside what it is to the report: a source of it, or its data.

    WeasyPrint does so for archives alone, and there lists every file twice.
    """
    build = document.build
    sources = {build.spec_name, *build.included, *looks_of(build)}
    inside: list[Any] = [
        each for each in pdf.objects
        if isinstance(each, dict) and each.get("Type") == "/Filespec"
    ]  # fmt: skip
    for each in inside:
        each["AFRelationship"] = "/Source" if each["UF"].string in sources else "/Data"
    pdf.catalog["AF"] = b"[" + b" ".join(each.reference for each in inside) + b"]"


def _build(document: Document) -> bytes:
    """What else decides how the report comes out: parameters, the engine, the spec."""
    build = document.build
    facts: dict[str, Any] = {
        "schema": SCHEMA,
        "spec": build.spec_name,
        "included": list(build.included),
        "looks": {name: sha256(data).hexdigest() for name, data in looks_of(build).items()},
        "params": plain(build.params),
        "engine": build.engine,
    }
    return f"{json.dumps(facts, indent=1, ensure_ascii=False)}\n".encode()
