"""YAML → plain data and the place of every value and key.

Only events of the parser are used, never its construction of objects: no tag is honoured, a key
stands once, aliases cannot multiply, depth and size are bounded, and scalars follow the core rules
of YAML 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as File
from typing import Any

from reportgen.core.errors import Path, Place, Problem, SpecError
from reportgen.plan.scalars import AmbiguousError, scalar
from reportgen.plan.types import Source

MOST_BYTES = 1_000_000
MOST_DEPTH = 50
MOST_NODES = 50_000


def load(path: File) -> Source:
    """The spec in a file. SpecError for a file that cannot be read or is not the YAML we read."""
    try:
        if path.exists() and not path.is_file():
            message = f"the spec `{path}` is not a regular file"
            raise SpecError(Problem("no-spec", message))
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is none"
        message = f"the spec `{path}` cannot be read: {reason}"
        raise SpecError(Problem("no-spec", message)) from error
    if len(content) > MOST_BYTES:
        raise SpecError(Problem("yaml-limit", f"the spec is larger than {MOST_BYTES:,} bytes"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(Problem("encoding", f"the spec `{path}` is not UTF-8")) from error
    return parse(text.replace("\r\n", "\n"), str(path))


def parse(text: str, file: str = "spec.yaml") -> Source:
    """The spec in a text. SpecError with everything that is wrong with it as YAML."""
    reader = _Reader(text, file)
    data = reader.document()
    if reader.problems:
        raise SpecError(reader.problems)
    return Source(file, text, data, reader.values, reader.keys)


def locate(
    source: Source, path: Path, offset: int | None = None, length: int | None = None
) -> Place:
    """Where a path stands, or a part of the text that stands there.

    A path that is not written itself is found at the nearest one above it.
    """
    while path and path not in source.values:
        path, offset = path[:-1], None
    place = source.values.get(path) or Place(source.file, 1, 1)
    return place if offset is None else _within(source, place, offset, length or 1)


def locate_key(source: Source, path: Path) -> Place:
    """Where the key of a path stands."""
    return source.keys.get(path) or locate(source, path)


def _within(source: Source, place: Place, offset: int, length: int) -> Place:
    lines = source.texts.get(place.file, source.text).split("\n")
    opening = place.text[place.column - 1 : place.column]
    if opening in ("|", ">"):
        return _within_block(lines, place, offset, length)
    shift = 1 if opening in ("'", '"') else 0
    column = min(place.column + shift + offset, max(len(place.text), 1))
    return replace(place, column=column, length=length)


def _within_block(lines: list[str], place: Place, offset: int, length: int) -> Place:
    """In a block scalar each line of the text is a line of the file, behind its indentation."""
    number = place.line  # the line after the one with the bar, counted from 0
    body = lines[number:]
    indent = min((len(line) - len(line.lstrip()) for line in body[:1] if line.strip()), default=0)
    for line in body:
        content = line[indent:]
        if offset <= len(content):
            break
        offset -= len(content) + 1
        number += 1
    text = lines[min(number, len(lines) - 1)]
    return Place(place.file, number + 1, indent + offset + 1, length, text)


class _Reader:
    """Builds data and places from the parser's events."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = text.split("\n")
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self._anchors: dict[str, Any] = {}
        self._nodes = 0
        self._events = self._parsed(text)

    def document(self) -> Any:
        """The one document of the text."""
        import yaml

        data: Any = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                data = self._node(next(self._events), (), 0)
                end = next(self._events)
                after = next(self._events)
                if not isinstance(after, yaml.StreamEndEvent):
                    self._fail("yaml-documents", "a spec is one YAML document", end)
        return data

    def _parsed(self, text: str) -> Iterator[Any]:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            yield from yaml.parse(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = (error.problem or "it cannot be read").replace("\t", "tab")
            place = self._place(mark, 1) if mark else None
            tab = place is not None and place.text[place.column - 1 : place.column] == "\t"
            help_ = "indent with spaces, never tabs" if tab else ""
            problem = Problem("yaml", f"this is not YAML: {what}", place=place, help=help_)
            raise SpecError(problem) from error
        except yaml.YAMLError as error:
            raise SpecError(Problem("yaml", f"this is not YAML: {error}")) from error

    def _node(self, event: Any, path: Path, depth: int) -> Any:
        import yaml

        self._nodes += 1
        if depth > MOST_DEPTH or self._nodes > MOST_NODES:
            message = f"a spec has at most {MOST_NODES:,} values, {MOST_DEPTH} levels deep"
            self._fail("yaml-limit", message, event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        self.values.setdefault(path, self._place(event.start_mark, self._length(event)))
        if event.tag and not (isinstance(event, yaml.ScalarEvent) and event.tag == "!"):
            self._note("yaml-tag", f"`{event.tag}` is a YAML tag, and a spec has none", event)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(path, depth)
        else:
            value = self._mapping(path, depth)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _alias(self, event: Any, path: Path) -> Any:
        self.values.setdefault(path, self._place(event.start_mark, len(event.anchor) + 1))
        if event.anchor not in self._anchors:
            self._fail("yaml-alias", f"`*{event.anchor}` refers to nothing before it", event)
        value = self._anchors[event.anchor]
        self._nodes += _size(value)
        return value

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        import yaml

        values: list[Any] = []
        pieces: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            pieces.append(event)
            values.append(self._node(event, (*path, len(values)), depth + 1))
        self._torn(pieces)
        return values

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        import yaml

        values: dict[str, Any] = {}
        pieces: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            if key in values:
                first = self.keys[(*path, key)].line
                self._note(
                    "duplicate-key",
                    f"the key `{key}` stands twice",
                    event,
                    f"first on line {first}",
                )
            else:
                self.keys[(*path, key)] = self._place(event.start_mark, self._length(event))
            value = next(self._events)
            pieces += [event] if _is_empty(value) else [None, value]
            values[key] = self._node(value, (*path, key), depth + 1)
        self._torn(pieces)
        return values

    def _torn(self, pieces: list[Any]) -> None:
        """A comma within parentheses makes several texts of one, as in `{a: f(x, 4)}`: told once.

        `pieces` are what stands between commas; None: nothing before it goes on behind it.
        """
        begun, left = None, 0
        for piece in pieces:
            opens = _opens(piece)
            if begun is not None and left + opens <= 0 < left:
                self._note_torn(begun)
            if piece is None or left + opens <= 0:
                begun, left = None, 0
            else:
                begun, left = begun or piece, left + opens

    def _note_torn(self, begun: Any) -> None:
        line, column = begun.end_mark.line, begun.end_mark.column
        if self.lines[line][column:].lstrip().startswith(","):
            message = f"a comma within braces or brackets ends a text, here `{begun.value}`"
            place, help_ = self._place(begun.end_mark, 1), "put the whole text in quotes"
            self.problems.append(Problem("torn-text", message, help=help_, place=place))

    def _key(self, event: Any) -> str:
        import yaml

        if not isinstance(event, yaml.ScalarEvent):
            self._fail("yaml-key", "a key is a word or a number", event)
        if event.value == "<<":
            self._fail(
                "yaml-merge", "merge keys (`<<`) are not read; `like` takes another's keys", event
            )
        return str(event.value)

    def _scalar(self, event: Any) -> Any:
        if event.style not in (None, ""):  # quoted, or a block: text as it stands
            return event.value
        try:
            return scalar(event.value)
        except AmbiguousError as error:
            self._note("ambiguous", f"`{event.value}` {error}", event, help="put it in quotes")
            return event.value

    def _length(self, event: Any) -> int:
        start, end = event.start_mark, event.end_mark
        return max(1, end.column - start.column) if start.line == end.line else 1

    def _place(self, mark: Any, length: int) -> Place:
        line = min(mark.line, len(self.lines) - 1)
        return Place(self.file, line + 1, mark.column + 1, length, self.lines[line])

    def _note(self, code: str, message: str, event: Any, hint: str = "", help: str = "") -> None:
        place = self._place(event.start_mark, self._length(event))
        self.problems.append(Problem(code, message, hint=hint, help=help, place=place))

    def _fail(self, code: str, message: str, event: Any) -> None:
        self._note(code, message, event)
        raise SpecError(self.problems)


def _is_empty(event: Any) -> bool:
    return getattr(event, "value", None) == "" and event.style in (None, "")


def _opens(event: Any) -> int:
    """How many parentheses a text without quotes opens and leaves open; below 0: closes."""
    if getattr(event, "style", "'") not in (None, ""):
        return 0
    return int(event.value.count("(") - event.value.count(")"))


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1
