"""Where templates, style sheets and typefaces are, and the one Jinja environment of the house."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import reportgen
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DocumentError, Problem
from reportgen.core.fonts import SANS, SERIF, font_file


@dataclass(frozen=True)
class Face:
    """One style of a typeface.

    tag     the HTML tag that calls for it, "" where it always occurs
    kerned  whether its kerning is worth its weight and time on a screen: in running text and in
            headings, not among the figures of a table
    """

    family: str
    style: str
    weight: int = 400
    slant: str = "normal"
    tag: str = ""
    kerned: bool = False

    @property
    def name(self) -> str:
        """The name under which a style sheet may ask for its file."""
        return f"{self.family.replace(' ', '')}-{self.style}.ttf"

    @property
    def file(self) -> Path:
        """Its file. DocumentError where the package that carries it is not installed."""
        try:
            return font_file(self.family, self.style)
        except FileNotFoundError as error:
            raise DocumentError(
                Problem("missing-font", str(error), help="pip install --force-reinstall reportgen")
            ) from error

    def rule(self, source: str) -> str:
        """Its `@font-face` rule; `source` is the value of `src`."""
        return (
            f'@font-face{{font-family:"{self.family}";font-weight:{self.weight};'
            f"font-style:{self.slant};src:{source}}}\n"
        )


FACES = (
    Face(SANS, "Regular"),
    Face(SANS, "Semibold", 600, kerned=True),
    Face(SERIF, "Regular", kerned=True),
    Face(SERIF, "Semibold", 600, tag="<strong>"),
    Face(SANS, "It", slant="italic", tag="<em>"),
    Face(SERIF, "It", slant="italic", tag="<em>"),
)


def template_folder() -> Path:
    """The folder of templates: inside an installed package, at the top of a checkout."""
    package = Path(reportgen.__file__).parent
    installed = package / "_templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache
def templates_digest() -> str:
    """The SHA-256 of all templates and style sheets."""
    found = hashlib.sha256()
    for path in sorted(each for each in template_folder().rglob("*") if each.is_file()):
        found.update(path.relative_to(template_folder()).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()


@cache
def stylesheet(name: str) -> str:
    """The text of a style sheet beside the templates."""
    return (template_folder() / name).read_text(encoding="utf-8")
