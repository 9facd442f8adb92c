"""The house's own templates, translated into Python once and for all (`make templates`).

Jinja has to be loaded, reads a template anew in every process, and asks its sandbox about every
attribute: templates of strangers need that, those of the house do not. `house.py` prints the same
page without Jinja. What a template may say is what is translated here; for anything else
`Untranslated` is raised when the file is made.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import singledispatchmethod
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from reportgen.writers.pages.assets import template_folder
from reportgen.writers.pages.escaping import text
from reportgen.writers.pages.own import names

TARGET = Path(__file__).with_name("house.py")

HEAD = '''\
"""The page as the house's templates print it. `make templates` made this of them: change those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reportgen.writers.pages.escaping import joined, text

Put = Callable[..., None]
'''

MARKUP = frozenset({"item.html", "line.html", "page.abstract", "page.logo", "body", "style"})
"""What is HTML that was made here, by what templates call it; every other text is escaped."""
LISTS = frozenset({"page.notes"})
"""The same, of whose members each is."""

QUOTES = "'\""
SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<="}


class Untranslated(Exception):  # noqa: N818
    """A template says something that is not translated here."""


def ship() -> None:
    """Translate every template into `house.py`."""
    TARGET.write_text(module(), encoding="utf-8")


def module() -> str:
    """The text of `house.py`, before it is formatted."""
    folder, known = template_folder(), names()
    functions = (translated(each, (folder / each).read_text(encoding="utf-8")) for each in known)
    entries = ", ".join(f"{each!r}: {_function(each)}" for each in known)
    pages = f"PAGES: dict[str, Callable[..., None]] = {{{entries}}}"
    return ast.unparse(ast.parse("\n".join((HEAD, *functions, pages))))


def translated(name: str, source: str) -> str:
    """A template as a function that puts out its text, piece by piece."""
    tree = Environment(trim_blocks=True, lstrip_blocks=True).parse(source)
    given = ", ".join(f"{each}: Any" for each in _given(tree))
    if name.startswith("blocks/"):
        given = "page: Any, item: Any = None"
    body = _Translation().block(tree.body) or ["pass"]
    return "\n".join((f"def {_function(name)}(put: Put, {given}) -> None:", *_in(body))) + "\n"


def _function(name: str) -> str:
    return name.removesuffix(".html.j2").replace("/", "_")


def _given(tree: nodes.Template) -> list[str]:
    """The names that a template is given, in the order in which it uses them."""
    set_ = {each.name for each in tree.find_all(nodes.Name) if each.ctx != "load"}
    used = [each.name for each in tree.find_all(nodes.Name) if each.ctx == "load"]
    return [each for each in dict.fromkeys(used) if each not in set_]


def _in(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _is_text(node: nodes.Expr | None) -> bool:
    """Whether a value is a word of the template's own, the same escaped."""
    if isinstance(node, nodes.CondExpr):
        return _is_text(node.expr1) and (node.expr2 is None or _is_text(node.expr2))
    return isinstance(node, nodes.Const) and node.value == text(node.value)


class _Translation:
    """One template: statements become lines, values expressions of Python."""

    def __init__(self) -> None:
        self._macros: set[str] = set()
        self._markup: set[str] = set()
        self._loops: list[str] = []
        self._met = 0

    def block(self, found: Iterable[nodes.Node]) -> list[str]:
        """The lines of statements."""
        return [line for each in found for line in self.lines(each)]

    # ── statements ───────────────────────────────────────────────────────────────────────────

    @singledispatchmethod
    def lines(self, node: Any) -> list[str]:
        raise Untranslated(f"{type(node).__name__} in line {node.lineno}")

    @lines.register
    def _(self, node: nodes.Output) -> list[str]:
        found: list[str] = []
        for is_macro, group in groupby(node.nodes, self._is_macro):
            made = map(self.value if is_macro else self._printed, group)
            found += made if is_macro else [f"put({', '.join(made)})"]
        return found

    @lines.register
    def _(self, node: nodes.Assign) -> list[str]:
        return [f"{self.value(node.target)} = {self.value(node.node)}"]

    @lines.register
    def _(self, node: nodes.Include) -> list[str]:
        if isinstance(node.template, nodes.Const):
            return [f"{_function(node.template.value)}(put, page)"]
        return [f"PAGES[{self.value(node.template)}](put, page, item)"]

    @lines.register
    def _(self, node: nodes.If) -> list[str]:
        made = [f"if {self.value(node.test)}:", *_in(self.block(node.body))]
        for each in node.elif_:
            made += [f"elif {self.value(each.test)}:", *_in(self.block(each.body))]
        return [*made, "else:", *_in(self.block(node.else_))] if node.else_ else made

    @lines.register
    def _(self, node: nodes.For) -> list[str]:
        if node.else_ or node.recursive:
            raise Untranslated(f"a loop with more than a body in line {node.lineno}")
        target, values = self.value(node.target), self.value(node.iter)
        if values in LISTS:
            self._markup.add(target)
        if node.test:
            values = f"[{target} for {target} in {values} if {self.value(node.test)}]"
        self._met += 1
        number = str(self._met)
        self._loops.append(number)
        body = list(_in(self.block(node.body)))
        self._loops.pop()
        if not any(f"at{number}" in line for line in body):
            return [f"for {target} in {values}:", *body]
        counted = f"for at{number}, {target} in enumerate(all{number}):"
        return [f"all{number} = tuple({values})", counted, *body]

    @lines.register
    def _(self, node: nodes.Macro) -> list[str]:
        self._macros.add(node.name)
        names_ = [f"{each.name}: Any" for each in node.args]
        for place, value in enumerate(node.defaults, len(names_) - len(node.defaults)):
            names_[place] += f" = {self.value(value)}"
        return [f"def {node.name}({', '.join(names_)}) -> None:", *_in(self.block(node.body)), ""]

    def _is_macro(self, node: nodes.Expr) -> bool:
        return isinstance(node, nodes.Call) and self.value(node.node) in self._macros

    def _printed(self, node: nodes.Expr) -> str:
        """A value as text of the page."""
        if isinstance(node, nodes.TemplateData):
            return repr(node.data)
        made = self.value(node)
        if made in MARKUP or made in self._markup or made.startswith("joined("):
            return made
        return made if _is_text(node) else f"text({made})"

    # ── values ───────────────────────────────────────────────────────────────────────────────

    @singledispatchmethod
    def value(self, node: Any) -> str:
        raise Untranslated(f"{type(node).__name__} in line {node.lineno}")

    @value.register
    def _(self, node: nodes.Const) -> str:
        return repr(node.value)

    @value.register
    def _(self, node: nodes.Name) -> str:
        return node.name

    @value.register
    def _(self, node: nodes.Tuple) -> str:
        return ", ".join(map(self.value, node.items))

    @value.register
    def _(self, node: nodes.Getattr) -> str:
        made = self.value(node.node)
        if made != "loop":
            return f"{made}.{node.attr}"
        number = self._loops[-1]
        ways = {
            "index": f"at{number} + 1", "index0": f"at{number}", "first": f"at{number} == 0",
            "last": f"at{number} == len(all{number}) - 1",
        }  # fmt: skip
        return f"({ways[node.attr]})"

    @value.register
    def _(self, node: nodes.Getitem) -> str:
        return f"{self.value(node.node)}[{self.value(node.arg)}]"

    @value.register
    def _(self, node: nodes.Call) -> str:
        given = [self.value(each) for each in node.args]
        given += [f"{each.key}={self.value(each.value)}" for each in node.kwargs]
        return f"{self.value(node.node)}({', '.join(given)})"

    @value.register
    def _(self, node: nodes.Filter) -> str:
        made, rest = self.value(node.node), ", ".join(map(self.value, node.args))
        if node.name == "length":
            return f"len({made})"
        if node.name == "join":
            return f"joined({made}, {rest})"
        raise Untranslated(f"the filter `{node.name}` in line {node.lineno}")

    @value.register
    def _(self, node: nodes.CondExpr) -> str:
        other = self.value(node.expr2) if node.expr2 else "''"
        return f"({self.value(node.expr1)} if {self.value(node.test)} else {other})"

    @value.register
    def _(self, node: nodes.Compare) -> str:
        rest = "".join(f" {SIGNS[each.op]} {self.value(each.expr)}" for each in node.ops)
        return f"({self.value(node.expr)}{rest})"

    @value.register
    def _(self, node: nodes.Concat) -> str:
        made = (self.value(each) for each in node.nodes)
        return f"({' + '.join(each if each[0] in QUOTES else f'str({each})' for each in made)})"

    @value.register
    def _(self, node: nodes.BinExpr) -> str:
        return f"({self.value(node.left)} {node.operator} {self.value(node.right)})"

    @value.register
    def _(self, node: nodes.UnaryExpr) -> str:
        return f"({node.operator} {self.value(node.node)})"
