"""How a report will look: its theme, a folder of the user's own perhaps, and its brand, read once.

A theme's folder holds what is named here and nothing else is opened in it. It may come from a
stranger: every file lies beneath it and is bounded, its style sheet is read as variables, and its
templates are used only where the user has said so.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.document import Brand, Document, Look
from reportgen.core.errors import DataError, Problem, SpecError, UsageError
from reportgen.data.paths import find, find_folder
from reportgen.plan.build import THEMES
from reportgen.plan.schema import ThemeKeys
from reportgen.plan.source import locate
from reportgen.plan.theme import NOTHING, theme_keys
from reportgen.plan.types import Plan, Source
from reportgen.run.brand import brand_of, logo_of
from reportgen.run.locate import located
from reportgen.writers.pages.own import Templates, above, digest_of, templates_in

if TYPE_CHECKING:
    from reportgen.writers.pages.variables import Sheet

KEYS, SHEET, TEMPLATES = "theme.yaml", "theme.css", "templates"
PLACE = ("output", "theme")
LARGEST = 100_000
"""Bytes of `theme.yaml` and of `theme.css`."""


@dataclass(frozen=True)
class Theme:
    """A theme and a brand, read: everything that decides how the report looks.

    base       the built-in theme
    numbers    its style of probabilities, None for that of the base
    files      what was read of the theme's folder and the logo, by names beside the spec
    own        templates of the theme's folder: used where the user has said so
    given      templates that the command line gave
    remarks    colours that are hard to read, and nothing that stops a build
    """

    base: str = "default"
    numbers: str | None = None
    look: Look = field(default_factory=Look)
    brand: Brand = field(default_factory=Brand)
    files: Mapping[str, bytes] = field(default_factory=dict)
    own: Templates = ()
    given: Templates = ()
    remarks: tuple[Problem, ...] = ()

    @property
    def templates(self) -> Templates:
        """Those of the command line over those of the theme."""
        return above(self.given, self.own)

    @property
    def digest(self) -> str:
        """The name of all of it."""
        files = {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}
        return digest([self.base, self.numbers, files, digest_of(self.given)])

    def planned(self, plan: Plan) -> Plan:
        """The plan with what the theme's folder says: the base, and how numbers are written."""
        numbers = {"p": self.numbers or self.base, **plan.output.numbers}
        return replace(plan, output=replace(plan.output, theme=self.base, numbers=numbers))

    def dressed(self, document: Document) -> Document:
        """The document as it looks in this theme, with the files that decide it."""
        given = {each.name: each.text for each in self.given}
        build = replace(document.build, beside=self.files, templates=given)
        return replace(document, build=build, brand=self.brand, look=self.look)


def theme_of(plan: Plan, roots: Sequence[Path], templates: Path | None = None) -> Theme:
    """The theme and the brand of a plan; its folder lies beneath one of `roots`.

    `templates` is a folder that the command line gave. SpecError for a theme that is not there or
    has mistakes, each with its place; DocumentError for a logo or a template that cannot be used.
    """
    own = plan.output.theme not in THEMES
    theme = _read(plan, roots) if own else Theme(plan.output.theme)
    mine, files = brand_of(plan), dict(theme.files)
    brand = Brand(*(a or b for a, b in zip(astuple(mine), astuple(theme.brand), strict=True)))
    if plan.brand.logo:
        files[_normal(plan.brand.logo)] = mine.logo
    remarks = theme.remarks + _pale(theme.base, theme.look, mine.accent, plan.source)
    given = templates_in(templates) if templates else ()
    return replace(theme, brand=brand, files=files, given=given, remarks=remarks)


def looks(plan: Plan, roots: Sequence[Path]) -> tuple[Problem, ...]:
    """What is to be said of the look of a report that is not built: as `theme_of`, and each of the
    theme's templates is one, though none is used.
    """
    theme = theme_of(plan, roots)
    if theme.own:
        from reportgen.writers.pages.templates import parsed  # most reports have none

        parsed(theme.own)
    return theme.remarks


def files_of(plan: Plan, roots: Sequence[Path], templates: Path | None) -> Iterator[Path]:
    """The files that decide how a report looks, whether they are there or not; and the folders of
    templates, whose times tell of files that come and go.
    """
    folders = [templates] if templates else []
    if plan.brand.logo:
        yield Path(plan.source.file).parent / plan.brand.logo
    if plan.output.theme not in THEMES:
        yield from (root / plan.output.theme for root in roots)
        folder = _folder(plan, roots)
        yield from (folder.home / name for name in (KEYS, SHEET))
        folders.append(folder.home / TEMPLATES)
        keys, _ = folder.keys(folder.content(KEYS) or b"")
        if keys.brand.logo:
            yield folder.home / keys.brand.logo
    for each in folders:
        yield from (each, *each.rglob("*"))


def consented(theme: Theme, plan: Plan, *, allowed: bool) -> None:
    """UsageError for a theme with templates that the user has not allowed.

    A template cannot run, load or read anything; but it decides what the page says, and could
    leave out that a model failed. That is for the user to allow, and not for the spec.
    """
    if theme.own and not allowed:
        names = ", ".join(f"`{each.file}`" for each in theme.own[:3])
        more = "" if len(theme.own) <= 3 else f" and {len(theme.own) - 3} more"
        message = f"the theme `{plan.output.theme}` has templates of its own: {names}{more}"
        help_ = "a template decides what a page says: read them, and give `--allow-templates`"
        raise located(UsageError(Problem("theme-templates", message, PLACE, help=help_)), plan)


@dataclass(frozen=True)
class _Folder:
    """A theme's folder: its name in the spec, where it is, and as messages call it."""

    name: str
    home: Path
    shown: Path

    def content(self, file: str) -> bytes | None:
        """A file of it; None where there is none. SpecError for what leads out, or is no file."""
        if not os.path.lexists(self.home / file):
            return None
        try:
            path = find(file, (self.home,))
            with path.open("rb") as handle:
                content = handle.read(LARGEST + 1)
        except (DataError, OSError) as error:
            message = f"`{self.shown / file}` cannot be read"
            said = f": {error.problems[0].message}" if isinstance(error, DataError) else ""
            raise SpecError(Problem("theme", f"{message}{said}")) from error
        if len(content) > LARGEST:
            message = f"`{self.shown / file}` is larger than {LARGEST:,} bytes"
            raise SpecError(Problem("theme", message))
        return content

    def keys(self, content: bytes) -> tuple[ThemeKeys, Source]:
        """What `theme.yaml` says."""
        return theme_keys(self._text(content, KEYS), str(self.shown / KEYS))

    def variables(self, content: bytes) -> Sheet:
        """What `theme.css` says."""
        from reportgen.writers.pages.variables import sheet

        return sheet(self._text(content, SHEET), str(self.shown / SHEET))

    def templates(self) -> Templates:
        """The templates in it, called as messages call the folder."""
        folder = self.home / TEMPLATES
        if not folder.is_dir():
            return ()
        if not folder.resolve().is_relative_to(self.home):
            message = f"`{self.shown / TEMPLATES}` leads out of the theme's folder"
            raise SpecError(Problem("theme", message))
        found = templates_in(folder)
        return tuple(replace(each, file=str(self.shown / TEMPLATES / each.name)) for each in found)

    def beside(self, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Files by their names as paths from the spec's folder."""
        return {_normal(f"{self.name}/{name}"): content for name, content in files.items()}

    def _text(self, content: bytes, file: str) -> str:
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            message = f"`{self.shown / file}` is not UTF-8"
            raise SpecError(Problem("encoding", message)) from error


def _read(plan: Plan, roots: Sequence[Path]) -> Theme:
    """A theme of the user's own, without the brand of the spec."""
    from reportgen.writers.pages.legible import pale
    from reportgen.writers.pages.variables import Sheet

    folder = _folder(plan, roots)
    given = {name: folder.content(name) for name in (KEYS, SHEET)}
    files = {name: content for name, content in given.items() if content is not None}
    problems: list[Problem] = []
    keys, source, variables = ThemeKeys(), NOTHING, Sheet()
    try:
        keys, source = folder.keys(files.get(KEYS, b""))
    except SpecError as error:
        problems += error.problems
    try:
        variables = folder.variables(files.get(SHEET, b""))
    except SpecError as error:
        problems += error.problems
    if problems:
        raise SpecError(problems)
    logo, own = logo_of(keys.brand, folder.home, source), folder.templates()
    files |= {keys.brand.logo: logo} if keys.brand.logo else {}
    files |= {f"{TEMPLATES}/{each.name}": each.text.encode() for each in own}
    if not files:
        message = f"`{folder.name}` is no theme: it has no `{KEYS}`, `{SHEET}` or `{TEMPLATES}/`"
        raise located(SpecError(Problem("theme", message, PLACE)), plan)
    look = Look(variables.light, variables.dark)
    remarks = pale(keys.base, look, variables.places)
    if not plan.brand.accent:
        remarks += _pale(keys.base, look, keys.brand.accent, source)
    brand = Brand(logo, keys.brand.name, keys.brand.accent)
    return Theme(keys.base, keys.numbers.p, look, brand, folder.beside(files), own, remarks=remarks)


def _folder(plan: Plan, roots: Sequence[Path]) -> _Folder:
    """Where the theme of a plan is."""
    name = plan.output.theme
    try:
        home = find_folder(name, roots)
    except DataError as error:
        problems = [replace(problem, path=PLACE) for problem in error.problems]
        raise located(SpecError(problems), plan) from error
    shown = next(root / name for root in roots if (root / name).resolve() == home)
    return _Folder(name, home, shown)


def _pale(base: str, look: Look, accent: str, source: Source) -> tuple[Problem, ...]:
    """What is to be said of the brand's colour, at its place."""
    if not accent:
        return ()
    from reportgen.writers.pages.legible import pale_accent

    found = pale_accent(base, look, accent)
    return () if found is None else (found.at(locate(source, ("brand", "accent"))),)


def _normal(name: str) -> str:
    """A path below the spec's folder, as short as it can be written."""
    return PurePosixPath(os.path.normpath(name)).as_posix()
