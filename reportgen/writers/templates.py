"""Templates of the page, reportgen's and (with `--templates DIR`) a user's in their places.

A template may come from a stranger as a spec may: it is rendered in Jinja's immutable sandbox, over
the plain data of a page. It calls nothing but what is listed, reads no file outside its folder,
prints no text as markup that was not made here, and ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DocumentError, Place, Problem
from reportgen.core.words import Words
from reportgen.writers.allowed import FILTERS, POLICY, Budget, bounded, checked, shown
from reportgen.writers.assets import template_folder

if TYPE_CHECKING:
    from jinja2 import Environment

MARKUP = frozenset(
    {("Item", "html"), ("Line", "html"), ("Page", "abstract"), ("Page", "logo"), ("Page", "notes")}
)
"""What of a page is HTML that was made here; every other text is escaped."""

MOST_BYTES = 1_000_000
"""The largest template."""

_folder: ContextVar[Path | None] = ContextVar("templates", default=None)


@contextmanager
def using(folder: Path | None) -> Iterator[None]:
    """During a `with` block templates of a user's stand in the places of those of their names.

    DocumentError for a folder that has none of them.
    """
    if folder is not None and not any((folder / name).is_file() for name in names()):
        message = f"`{folder}` has no template: none of its files has the name of one"
        raise DocumentError(Problem("no-template", message, help=f"names: {', '.join(names())}"))
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def names() -> tuple[str, ...]:
    """The names of all templates."""
    home = template_folder()
    return tuple(sorted(path.relative_to(home).as_posix() for path in home.rglob("*.j2")))


def digest() -> str:
    """The SHA-256 of the user's templates; "" where there are none."""
    folder = _folder.get()
    if folder is None:
        return ""
    found = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*.j2") if each.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def rendered(name: str, **values: Any) -> str:
    """A template with its values. DocumentError, with its place, where a user's is broken."""
    folder = _folder.get()
    if folder is None:
        return str(_house(None, "").environment.get_template(name).render(**values))
    try:
        house = _house(folder, digest())
        house.budget.begin()
        text = str(house.environment.get_template(name).render(**values))
    except Exception as error:  # whatever a stranger's template raises is a mistake of its own
        raise _wrong(error, folder) from error
    found = checked(text)
    if name == "report.html.j2" and values["page"].medium == "screen" and POLICY not in text:
        found = found or "no content security policy"
    if found:
        message = f"the templates of `{folder}` put {found} into the page"
        help_ = "a report holds everything it shows, and runs nothing"
        raise DocumentError(Problem("unsafe-template", message, help=help_))
    return text


def _wrong(error: Exception, folder: Path) -> DocumentError:
    """An error of a template, at its line where that is known."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    file, line = _place(error, str(folder.resolve()))
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    message = (
        f"there is no template `{error}`" if isinstance(error, TemplateNotFound) else str(error)
    )
    place = None
    if file and line:
        lines = Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
        text = lines[line - 1] if line <= len(lines) else ""
        place = Place(file, line, 1, max(1, len(text)), text)
    problem = Problem("template", f"a template cannot be used: {message}", place=place,
                      help="docs/templates.md says what a template is given")  # fmt: skip
    return DocumentError(problem)


def _place(error: Exception, folder: str) -> tuple[str, int]:
    """The last line of a user's template that an error came through."""
    found, trace = ("", 0), error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(folder):
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found


@dataclass(frozen=True)
class _House:
    """An environment, and what its pages may cost."""

    environment: Environment
    budget: Budget


@lru_cache(4)
def _house(folder: Path | None, _: str) -> _House:
    """Jinja as this house uses it: sandboxed, strict about names, escaping whatever it prints.

    A user's templates are read anew when their digest is another.
    """
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError

    budget = Budget(None if folder is None else SecurityError)
    made = _sandbox(budget)(
        loader=_loader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=lambda value: shown(budget.sized(value)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS} | dict(budget.filters())
    return _House(made, budget)


def _loader(folder: Path | None) -> Any:
    """Templates of a user's before those of the house, and no file outside either folder."""
    from jinja2 import ChoiceLoader, FileSystemLoader, FunctionLoader
    from jinja2.exceptions import SecurityError

    def load(name: str) -> tuple[str, str, Any] | None:
        if folder is None:
            return None
        path, home = (folder / name).resolve(), folder.resolve()
        if ".." in Path(name).parts or not path.is_relative_to(home):
            raise SecurityError(f"`{name}` leads out of the folder of templates")
        if not path.is_file():
            return None
        if path.stat().st_size > MOST_BYTES:
            raise SecurityError(f"`{name}` is larger than {MOST_BYTES:,} bytes")
        return path.read_text(encoding="utf-8"), str(path), None

    return ChoiceLoader([FunctionLoader(load), FileSystemLoader(template_folder())])


@cache
def _callable() -> tuple[type, ...]:
    from jinja2.runtime import LoopContext, Macro

    return (Macro, Words, LoopContext)


def _sandbox(budget: Budget) -> type[Environment]:
    """Jinja's immutable sandbox, closed further."""
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    class Sandbox(ImmutableSandboxedEnvironment):
        """Calls what is listed, marks as HTML what was made here, and counts what it repeats."""

        intercepted_binops = frozenset(["+", "*", "**", "%"])

        def getattr(self, obj: Any, attribute: str) -> Any:
            value = super().getattr(obj, attribute)
            if (type(obj).__name__, attribute) not in MARKUP:
                return value
            return tuple(map(Markup, value)) if isinstance(value, tuple) else Markup(value)

        def is_safe_callable(self, obj: Any) -> bool:
            if isinstance(obj, _callable()):
                return True
            owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
            if isinstance(owner, Mapping):
                return name in ("get", "items")
            return type(owner).__module__.startswith("reportgen.writers.")

        def call(self, context: Any, obj: Any, *arguments: Any, **more: Any) -> Any:
            budget.spend(1)
            return super().call(context, obj, *arguments, **more)

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "**" or not all(
                isinstance(each, (int, float)) for each in (left, right)
            ):
                raise SecurityError(f"`{operator}` is for numbers; texts are joined by `~`")
            return super().call_binop(context, operator, left, right)

        def _parse(self, source: str, name: str | None, filename: str | None) -> Any:
            return bounded(super()._parse(source, name, filename))

    return Sandbox
