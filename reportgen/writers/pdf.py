"""PDF: the same page on paper, tagged, with the spec and the results inside. Needs Pango."""

from __future__ import annotations

import atexit
import hashlib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import cache, lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.document import Document
from reportgen.core.errors import DocumentError, Problem
from reportgen.writers.html import body, frame
from reportgen.writers.pages.apart import Apart, apart
from reportgen.writers.pages.assets import FACES
from reportgen.writers.pages.page import Page, page
from reportgen.writers.pages.theme import style
from reportgen.writers.paper.attached import RESULTS, attached, attachments, related
from reportgen.writers.paper.drawn import images
from reportgen.writers.paper.fetch import Asset, Closed, closed
from reportgen.writers.paper.guess import CONTENTS_FROM_PAGE, guessed
from reportgen.writers.paper.listen import listening
from reportgen.writers.paper.measure import SLACK, as_written, best, measured, rearranged
from reportgen.writers.paper.structure import archived, finished

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.document import Document as Pages
    from weasyprint.text.fonts import FontConfiguration

MARGINS = (27 * 96 / 25.4, 25 * 96 / 25.4)
"""Above and below the text of an upright page, in CSS pixels, as the style sheet has them."""

ROOM = 297 * 96 / 25.4 - sum(MARGINS) - SLACK
"""The height of the text of an upright page that is filled."""

_PACKAGES = """\
Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
macOS: brew install pango
or leave `pdf` out of `output: formats`; HTML needs none of them"""


class Pdf:
    """The report as a tagged PDF (PDF/UA-1, or PDF/A-3a) on A4."""

    suffix: ClassVar[str] = ".pdf"

    def render(self, document: Document) -> bytes:
        """The file; the same document gives the same bytes.

        Raises DocumentError where Pango is missing, or where the page asks for anything that
        is not part of the document.
        """
        require_pango()
        assets = attached(document)
        written = page(document, "print")
        made = apart(written)
        fetcher = closed({**assets, **made.files})

        def finish(laid: Pages, pdf: Any) -> None:
            finished(laid, pdf)
            if document.pdf_variant.startswith("pdf/a"):
                archived(pdf)
            related(pdf, document)

        with listening() as complaints:
            setting = _Setting(fetcher, images(made.drawings, fetcher), document.pdf_variant)
            pages = _laid_out(written, made, setting)
            data = pages.write_pdf(
                finisher=finish,
                pdf_variant=document.pdf_variant,
                pdf_identifier=identifier(assets[RESULTS].data),
                attachments=attachments(assets, document, fetcher),
            )
        _refuse(fetcher.refused, complaints)
        return bytes(data)


def identifier(results: bytes) -> bytes:
    """The permanent name of a PDF, by which it is known whether its results are its own."""
    return hashlib.sha256(results).hexdigest()[:32].encode()


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


@dataclass(frozen=True)
class _Setting:
    """What a page is set with: what may be loaded, the images known by their addresses, and the
    standard that the PDF keeps.
    """

    fetcher: Closed
    images: dict[str, Any]
    variant: str


def _laid_out(written: Page, made: Apart, setting: _Setting) -> Pages:
    """The pages in the order that leaves least of them white: by heights that are guessed, and
    where those that come out have a better one, by them.
    """
    guess, contents = guessed(written, ROOM)
    tried = best(written, guess)
    laid = replace(made, page=rearranged(made.page, tried))
    pages = _render(laid, setting, contents)
    if _long(pages) != contents and made.page.headings:
        contents = not contents
        pages = _render(laid, setting, contents)
    heights = measured(laid.page, pages.pages, MARGINS)
    better = best(written, as_written(heights, guess, tried))
    if better == tried:
        return pages
    laid = replace(made, page=rearranged(made.page, better))
    pages = _render(laid, setting, contents)
    return pages if _long(pages) or not contents else _render(laid, setting, False)


def _long(pages: Pages) -> bool:
    return len(pages.pages) >= CONTENTS_FROM_PAGE


def _render(made: Apart, setting: _Setting, contents: bool) -> Pages:
    from weasyprint import HTML

    page_ = made.page
    text = made.outside(frame(page_, body(page_, contents), sheet=""))
    html = HTML(string=text, url_fetcher=setting.fetcher)
    return html.render(
        font_config=_fonts(),
        stylesheets=[_style(style(page_.document, "print"))],
        pdf_variant=setting.variant,
        cache=setting.images,
    )


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


@lru_cache(maxsize=8)
def _style(sheet: str) -> CSS:
    from weasyprint import CSS

    faces = {face.name: Asset(face.file.read_bytes(), "font/ttf") for face in FACES}
    rules = "".join(face.rule(f"url({Asset.url(face.name)})") for face in FACES)
    return CSS(string=rules + sheet, font_config=_fonts(), url_fetcher=closed(faces))


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
