"""What a PDF has inside: the spec, the results, and the tables as data. `verify` reads it back."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from reportgen.core.digest import plain
from reportgen.core.document import Document
from reportgen.writers import naming
from reportgen.writers.csv import figure_csv, table_csv
from reportgen.writers.fetch import Asset, Closed
from reportgen.writers.json import Json

if TYPE_CHECKING:
    from weasyprint import Attachment

RESULTS, BUILD = "results.json", "build.json"
SCHEMA = "reportgen/build/1"
YAML, CSV = "application/yaml", "text/csv"


def attached(document: Document) -> dict[str, Asset]:
    """The files by name: what it takes to make the report again, to compare, and to compute on.

    Tables are called as in their folder, for a note below a long one names its file; figures with
    theirs, since a figure may have the number and the kind of a table.
    """
    build = document.build
    files = {build.spec_name: Asset(build.spec_text.encode(), YAML)}
    files |= {name: Asset(text.encode(), YAML) for name, text in build.included.items()}
    files[RESULTS] = Asset(Json().render(document), "application/json")
    files[BUILD] = Asset(_build(document), "application/json")
    for name, table in naming.tables(document):
        files[PurePosixPath(f"{name}.csv").name] = Asset(table_csv(table), CSV)
    for name, figure in naming.figures(document):
        files[f"{name}.csv"] = Asset(figure_csv(figure), CSV)
    return files


def attachments(files: dict[str, Asset], document: Document, fetcher: Closed) -> list[Attachment]:
    """The files as WeasyPrint takes them."""
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
            relationship="Source" if asset.mime == YAML else "Data",
        )
        for name, asset in files.items()
    ]


def _build(document: Document) -> bytes:
    """What else decides how the report comes out: parameters, and which file is the spec."""
    build = document.build
    facts: dict[str, Any] = {
        "schema": SCHEMA,
        "spec": build.spec_name,
        "included": list(build.included),
        "params": plain(build.params),
    }
    return f"{json.dumps(facts, indent=1, ensure_ascii=False)}\n".encode()
