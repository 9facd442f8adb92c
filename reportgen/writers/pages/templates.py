"""Templates of the page, reportgen's and (with `--templates DIR`) a user's in their places.

A template may come from a stranger as a spec may: it is rendered in Jinja's immutable sandbox, over
the plain data of a page. It calls nothing but what is listed, reads no file outside its folder,
prints no text as markup that was not made here, and ends.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DocumentError, Place, Problem
from reportgen.core.words import Words
from reportgen.writers.pages.allowed import FILTERS, POLICY, Budget, bounded, shown
from reportgen.writers.pages.assets import template_folder
from reportgen.writers.pages.own import Templates, digest_of

if TYPE_CHECKING:
    from jinja2 import Environment

MARKUP = frozenset(
    {("Item", "html"), ("Line", "html"), ("Page", "abstract"), ("Page", "logo"), ("Page", "notes")}
)
"""What of a page is HTML that was made here; every other text is escaped."""
WHOLE = ("body", "style")
"""What a template may be given that is HTML as a whole."""

_given: ContextVar[Templates] = ContextVar("templates", default=())


@contextmanager
def using(templates: Templates) -> Iterator[None]:
    """During a `with` block templates of a user's stand in the places of those of their names."""
    token = _given.set(templates)
    try:
        yield
    finally:
        _given.reset(token)


def digest() -> str:
    """The SHA-256 of the user's templates in use; "" where there are none."""
    return digest_of(_given.get())


def parsed(templates: Templates) -> None:
    """DocumentError, with its place, for the first template that is not one; none is rendered."""
    house = _house(templates)
    for each in templates:
        try:
            house.environment.compile(each.text, each.name, each.file)
        except Exception as error:  # the parser of a stranger's text may raise anything
            raise _wrong(error, templates) from error


def rendered(name: str, **values: Any) -> str:
    """A template with its values. DocumentError, with its place, where a user's is broken."""
    given = _given.get()
    if not given:
        return printed(name, **values)
    from reportgen.writers.pages.inert import checked

    try:
        text = sandboxed(name, given, **values)
    except Exception as error:  # whatever a stranger's template raises is a mistake of its own
        raise _wrong(error, given) from error
    found = checked(text)
    if name == "report.html.j2" and values["page"].medium == "screen" and POLICY not in text:
        found = found or "no content security policy"
    if found:
        message = f"templates of your own put {found} into the page"
        help_ = "a report holds everything it shows, and runs nothing"
        raise DocumentError(Problem("unsafe-template", message, help=help_))
    return text


def printed(name: str, **values: Any) -> str:
    """A template of the house with its values."""
    from reportgen.writers.pages.house import PAGES  # a build in which nothing changed prints none

    found: list[str] = []
    PAGES[name](lambda *parts: found.extend(parts), **values)
    return "".join(found)


def sandboxed(name: str, given: Templates, **values: Any) -> str:
    """A template with its values, those of a user's in the places of those of their names."""
    from markupsafe import Markup

    house = _house(given)
    house.budget.begin()
    marked = {key: Markup(value) if key in WHOLE else value for key, value in values.items()}
    return str(house.environment.get_template(name).render(**marked))


def _wrong(error: Exception, given: Templates) -> DocumentError:
    """An error of a template, at its line where that is known."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    texts = {each.file: each.text for each in given}
    file, line = _place(error, texts)
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    message = (
        f"there is no template `{error}`" if isinstance(error, TemplateNotFound) else str(error)
    )
    place = None
    if file in texts and line:
        lines = texts[file].splitlines()
        text = lines[line - 1] if line <= len(lines) else ""
        place = Place(file, line, 1, max(1, len(text)), text)
    problem = Problem("template", f"a template cannot be used: {message}", place=place,
                      help="docs/templates.md says what a template is given")  # fmt: skip
    return DocumentError(problem)


def _place(error: Exception, files: Container[str]) -> tuple[str, int]:
    """The last line of a user's template that an error came through."""
    found, trace = ("", 0), error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file in files:
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found


@dataclass(frozen=True)
class _House:
    """An environment, and what its pages may cost."""

    environment: Environment
    budget: Budget


@lru_cache(4)
def _house(given: Templates) -> _House:
    """Jinja as this house uses it: sandboxed, strict about names, escaping whatever it prints."""
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError

    budget = Budget(SecurityError if given else None)
    made = _sandbox(budget)(
        loader=_loader(given),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=lambda value: shown(budget.sized(value)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS} | dict(budget.filters())
    return _House(made, budget)


def _loader(templates: Templates) -> Any:
    """Templates of a user's before those of the house; no other file is opened."""
    from jinja2 import ChoiceLoader, FileSystemLoader, FunctionLoader

    texts = {each.name: (each.text, each.file, None) for each in templates}
    return ChoiceLoader([FunctionLoader(texts.get), FileSystemLoader(template_folder())])


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
