"""PDF: the same page on paper, tagged, with the spec and the results inside. Needs Pango."""

from __future__ import annotations

import atexit
import hashlib
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from functools import cache
from io import StringIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from reportgen.core.document import Document
from reportgen.core.errors import DocumentError, Problem
from reportgen.writers import naming
from reportgen.writers.assets import FACES, stylesheet
from reportgen.writers.csv import table_csv
from reportgen.writers.fetch import Asset, Closed, closed
from reportgen.writers.html import CONTENTS_FROM, body, frame
from reportgen.writers.json import Json
from reportgen.writers.listen import listening
from reportgen.writers.measure import rearranged
from reportgen.writers.page import Page, page

if TYPE_CHECKING:
    from weasyprint import CSS, Attachment
    from weasyprint.document import Document as Pages
    from weasyprint.text.fonts import FontConfiguration

CONTENTS_FROM_PAGE = 4
"""A report of this many pages has contents."""

MARGINS = (27 * 96 / 25.4, 25 * 96 / 25.4)
"""Above and below the text of an upright page, in CSS pixels, as the style sheet has them."""

RESULTS = "results.json"

_PACKAGES = """\
Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
macOS: brew install pango
or leave `pdf` out of `output: formats`; HTML needs none of them"""


class Pdf:
    """The report as a tagged PDF (PDF/UA-1) on A4."""

    suffix: ClassVar[str] = ".pdf"

    def render(self, document: Document) -> bytes:
        """The file; the same document gives the same bytes.

        Raises DocumentError where Pango is missing, or where the page asks for anything that
        is not part of the document.
        """
        require_pango()
        assets = _attached(document)
        fetcher = closed(assets)
        with listening() as complaints:
            pages = _laid_out(page(document, "print"), fetcher)
            data = pages.write_pdf(
                pdf_variant="pdf/ua-1",
                pdf_identifier=hashlib.sha256(assets[RESULTS].data).hexdigest()[:32].encode(),
                attachments=_attachments(assets, document, fetcher),
            )
        _refuse(fetcher.refused, complaints)
        return bytes(data)


def require_pango() -> None:
    """Raise DocumentError, naming the packages, where the libraries that set text are missing."""
    said = StringIO()
    try:
        # WeasyPrint prints an advice of its own; ours replaces it.
        with redirect_stdout(said), redirect_stderr(said):
            import weasyprint  # noqa: F401
    except OSError as error:
        raise DocumentError(
            Problem("missing-library", "a PDF needs Pango, which is not installed", help=_PACKAGES)
        ) from error


def _laid_out(made: Page, fetcher: Closed) -> Pages:
    """The pages, rearranged where that leaves less of them white.

    Contents need a place of their own, so how long it is shows only afterwards: the number of
    sections is the first guess.
    """
    contents = len(made.headings) >= CONTENTS_FROM
    pages = _render(made, fetcher, contents)
    if _long(pages) != contents and made.headings:
        contents = not contents
        pages = _render(made, fetcher, contents)
    better = rearranged(made, pages.pages, MARGINS)
    if better is made:
        return pages
    pages = _render(better, fetcher, contents)
    return pages if _long(pages) or not contents else _render(better, fetcher, False)


def _long(pages: Pages) -> bool:
    return len(pages.pages) >= CONTENTS_FROM_PAGE


def _render(made: Page, fetcher: Closed, contents: bool) -> Pages:
    from weasyprint import HTML

    text = frame(made, body(made, contents), style="")
    html = HTML(string=text, url_fetcher=fetcher)
    return html.render(font_config=_fonts(), stylesheets=[_style()], pdf_variant="pdf/ua-1")


@cache
def _fonts() -> FontConfiguration:
    """The faces, loaded once for all reports of a process."""
    from weasyprint.text.fonts import FontConfiguration

    # It keeps files in a folder of its own, and can no longer remove them while Python shuts down.
    atexit.register(_forget)
    return FontConfiguration()


def _forget() -> None:
    _style.cache_clear()
    _fonts.cache_clear()


@cache
def _style() -> CSS:
    from weasyprint import CSS

    faces = {face.name: Asset(face.file.read_bytes(), "font/ttf") for face in FACES}
    rules = "".join(face.rule(f"url({Asset.url(face.name)})") for face in FACES)
    text = rules + stylesheet("report.css") + stylesheet("print.css")
    return CSS(string=text, font_config=_fonts(), url_fetcher=closed(faces))


def _attached(document: Document) -> dict[str, Asset]:
    """The files inside the PDF by name: what it takes to make it again, and to compare."""
    build = document.build
    tables = {
        PurePosixPath(f"{name}.csv").name: Asset(table_csv(table), "text/csv")
        for name, table in naming.tables(document)
    }
    return {
        build.spec_name: Asset(build.spec_text.encode("utf-8"), "application/yaml"),
        RESULTS: Asset(Json().render(document), "application/json"),
        **tables,
    }


def _attachments(assets: dict[str, Asset], document: Document, fetcher: Closed) -> list[Attachment]:
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
            relationship="Source" if name == document.build.spec_name else "Data",
        )
        for name in assets
    ]


def _refuse(refused: list[str], complaints: list[str]) -> None:
    """Raise DocumentError if anything was asked for from outside, or could not be shown."""
    if refused:
        raise DocumentError(
            Problem(
                "outside",
                f"the page asks for {address[:80]!r}, which is not part of the report",
                help="a report holds everything it shows; nothing is fetched",
            )
            for address in dict.fromkeys(refused)
        )
    if complaints:
        raise DocumentError(
            Problem("layout", f"the page cannot be set: {text}") for text in complaints
        )
