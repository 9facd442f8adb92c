"""Templates of a user's own, read once: what a page is made with is what was looked at, named by
its digest, and put into the PDF.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.errors import DocumentError, Problem
from reportgen.writers.pages.assets import template_folder

ENDING = ".j2"
MOST_BYTES = 1_000_000
"""The largest template."""
MOST_FILES = 100
"""Templates in a folder."""


@dataclass(frozen=True)
class Template:
    """A template: its name below its folder (`blocks/title.html.j2`), its text, and the file that
    messages name.
    """

    name: str
    text: str
    file: str


Templates = tuple[Template, ...]


def names() -> tuple[str, ...]:
    """The names of all templates that reportgen has."""
    home = template_folder()
    return tuple(sorted(path.relative_to(home).as_posix() for path in home.rglob(f"*{ENDING}")))


def templates_in(folder: Path) -> Templates:
    """Every template of a folder.

    DocumentError for a folder with none that takes the place of one of reportgen's, for a link that
    leads out of it, for a file that is no text, and for too many or too large ones.
    """
    found = tuple(Template(name, _text(path), str(path)) for name, path in _files(folder))
    if not {each.name for each in found} & set(names()):
        message = f"`{folder}` has no template: none of its files has the name of one"
        raise _wrong("no-template", message, f"names: {', '.join(names())}")
    return found


def above(upper: Templates, lower: Templates) -> Templates:
    """Two folders as one: of templates with one name the upper."""
    taken = {each.name for each in upper}
    return (*upper, *(each for each in lower if each.name not in taken))


def digest_of(templates: Templates) -> str:
    """The SHA-256 of templates; "" where there are none."""
    return digest({each.name: each.text for each in templates}) if templates else ""


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder that are templates, in the order of their names."""
    home = folder.resolve()
    paths = sorted(path for path in folder.rglob(f"*{ENDING}") if path.is_file())
    if len(paths) > MOST_FILES:
        raise _wrong("template", f"`{folder}` has more than {MOST_FILES} templates")
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if not path.resolve().is_relative_to(home):
            raise _wrong("template", f"`{name}` leads out of the folder of templates")
        yield name, path


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong("template", f"`{path}` cannot be read as UTF-8") from error
    if len(content) > MOST_BYTES:
        raise _wrong("template", f"`{path}` is larger than {MOST_BYTES:,} bytes")
    return text.replace("\r\n", "\n")


def _wrong(code: str, message: str, help_: str = "") -> DocumentError:
    return DocumentError(Problem(code, message, help=help_))
