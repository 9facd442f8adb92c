"""A figure's drawing as operators of PDF, as WeasyPrint would have it.

WeasyPrint reads an SVG as all of its grammar has it, and takes longer over a figure than over a
page of text. A figure of ours says little: groups, paths, letters and markers that are referred to,
rectangles that cut, images. SVG and PDF have the same model of painting (ISO 32000-1, 8.2), so each
of them is an operator or two. A drawing that says anything else is left to WeasyPrint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from math import cos, radians, sin
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from reportgen.core.dataclass import dataclass
from reportgen.writers.paper.fetch import Asset, Closed

if TYPE_CHECKING:
    Element = ElementTree.Element

Step = bytes | Callable[[Any, Any], None]
"""Operators as they are, or what is to be done with a stream of WeasyPrint and the style of a box:
degrees of opacity and images are resources of a page.
"""

PIXELS = 4 / 3
"""CSS pixels of a point."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_NUMBERS = re.compile(rf"{_NUMBER}(?:[\s,]+{_NUMBER})*")
_PATH = re.compile(rf"\s*(?:[MLQCz]\s*(?:{_NUMBER}\s*)*)*")
_COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")
_TRANSFORM = re.compile(r"\s*(translate|scale|rotate)\(([^()]*)\)")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_CLIP = re.compile(r"url\(#([^()]+)\)")
_PIECES = {"M": (2, b"m"), "L": (2, b"l"), "Q": (4, b"c"), "C": (6, b"c"), "z": (0, b"h")}
"""Commands of paths: how many numbers follow, and the operator."""

_CAPS = {"butt": 0, "round": 1, "square": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}
_DRAWN = frozenset({"svg", "g", "path", "use", "image"})
_IDLE = frozenset({"defs", "title", "clipPath"})
_NAMES = frozenset({"id", "d", "x", "y", "width", "height", "href", "transform", "clip-path",
                    "version", "viewBox", "style"})  # fmt: skip
_START = b"0 0 0 rg 1 w 4 M"
"""What holds in SVG where nothing is said, and is otherwise in PDF, or may be at this place."""


class _OtherError(Exception):
    """The drawing says something that figures of ours do not."""


@dataclass(frozen=True)
class Drawn:
    """A drawing as an image of WeasyPrint's: `box` is its view box, sizes are in CSS pixels."""

    width: float
    height: float
    box: tuple[float, ...]
    steps: tuple[Step, ...]

    def get_intrinsic_size(self, *_: Any) -> tuple[float, float, float]:
        """Width, height, and their ratio."""
        return self.width, self.height, self.width / self.height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Put the drawing on a page, as wide and high as its box there is."""
        left, top, across, down = self.box
        stream.transform(a=width / across, d=height / down)
        stream.transform(e=-left, f=-top)
        stream.set_alpha(1, stroke=True, fill=True)
        for step in self.steps:
            if isinstance(step, bytes):
                stream.stream.append(step)
            else:
                step(stream, style)


@dataclass(frozen=True)
class _Paint:
    """Whether shapes are filled and outlined: what they inherit."""

    fill: bool = True
    stroke: bool = False

    @property
    def operator(self) -> bytes:
        return {(True, True): b"B", (True, False): b"f", (False, True): b"S"}.get(
            (self.fill, self.stroke), b""
        )


def images(drawings: Mapping[str, str], fetcher: Closed) -> dict[str, Any]:
    """What WeasyPrint remembers of images, by addresses, with those of `drawings` in it already."""
    from weasyprint import DEFAULT_OPTIONS
    from weasyprint.images import get_image_from_uri

    known: dict[str, Any] = {}

    def image(url: str) -> Any:
        return get_image_from_uri(known, fetcher, DEFAULT_OPTIONS, url)

    for name, svg in drawings.items():
        made = drawn(svg, image)
        if made is not None:
            known[Asset.url(name)] = made
    return known


def drawn(svg: str, image: Callable[[str], Any]) -> Drawn | None:
    """The drawing of an `<svg>` without names of namespaces; None where that is for WeasyPrint.

    `image` gives WeasyPrint's own image for the address of one inside the drawing.
    """
    root = ElementTree.fromstring(svg)
    try:
        width, height = (PIXELS * _points(root.get(side, "")) for side in ("width", "height"))
        box = _numbers(root.get("viewBox", ""), 4)
        named = {f"#{each.get('id')}": each for each in root.iter() if each.get("id")}
        steps = _Walk(named, image).element(root, _Paint())
        return Drawn(width, height, box, tuple(_joined([_START, *steps])))
    except _OtherError:
        return None


@dataclass(frozen=True)
class _Walk:
    named: Mapping[str, Element]
    image: Callable[[str], Any]

    def element(self, element: Element, paint: _Paint) -> Iterator[Step]:
        """An element and all below it, and then the state as it was before."""
        if element.tag in _IDLE:
            return
        if element.tag not in _DRAWN:
            raise _OtherError
        style = _style(element)
        alphas = [_alpha(style, kind) for kind in ("fill", "stroke") if f"{kind}-opacity" in style]
        yield _push if alphas else b"q"
        yield from _moved(element)
        yield from self._cut(element)
        yield from _look(style)
        yield from alphas
        paint = _Paint(_paints(style, "fill", paint.fill), _paints(style, "stroke", paint.stroke))
        yield from self._content(element, paint)
        yield _pop if alphas else b"Q"

    def _content(self, element: Element, paint: _Paint) -> Iterator[Step]:
        match element.tag:
            case "path":
                shape = _path(element.get("d", ""))
                if shape and paint.operator:  # a space has an outline, too: of nothing
                    yield shape
                    yield paint.operator
            case "use":
                shown = self.named.get(element.get("href", ""))
                if shown is None or shown.tag != "path":
                    raise _OtherError
                x, y = (_numbers(element.get(side, "0"), 1)[0] for side in "xy")
                if (x, y) != (0, 0):
                    yield _matrix(1, 0, 0, 1, x, y)
                yield from self.element(shown, paint)
            case "image":
                yield from self._image(element)
            case _:
                for child in element:
                    yield from self.element(child, paint)

    def _cut(self, element: Element) -> Iterator[Step]:
        if "clip-path" not in element.attrib:
            return
        found = _CLIP.fullmatch(element.attrib["clip-path"])
        clip = self.named.get(f"#{found[1]}") if found else None
        if clip is None or clip.tag != "clipPath" or set(clip.attrib) != {"id"} or len(clip) != 1:
            raise _OtherError
        match clip[0].tag, set(clip[0].attrib):
            case "rect", names if names <= {"x", "y", "width", "height"}:
                yield b"%s re W n" % _written(*_rectangle(clip[0]))
            case "path", names if names == {"d"}:
                yield _path(clip[0].get("d", ""))
                yield b"W n"
            case _:
                raise _OtherError

    def _image(self, element: Element) -> Iterator[Step]:
        """An image fills its rectangle; WeasyPrint's own stands on the page's upper left."""
        left, top, width, height = _rectangle(element)
        found = self.image(element.get("href", ""))
        if found is None:
            raise _OtherError

        def put(stream: Any, style: Any) -> None:
            with stream.stacked():
                stream.transform(e=left, f=top)
                found.draw(stream, width, height, style)

        yield put


def _push(stream: Any, _: Any) -> None:
    stream.push_state()


def _pop(stream: Any, _: Any) -> None:
    stream.pop_state()


def _style(element: Element) -> dict[str, str]:
    """What an element says of its look: by attributes, and above them by its style."""
    found = {name: value for name, value in element.attrib.items() if name not in _NAMES}
    for each in element.get("style", "").split(";"):
        name, _, value = each.partition(":")
        if name.strip():
            found[name.strip()] = value.strip()
    return found


def _look(style: Mapping[str, str]) -> Iterator[bytes]:
    for name, value in style.items():
        match name:
            case "fill" | "stroke" if value == "none":
                continue
            case "fill":
                yield b"%s rg" % _colour(value)
            case "stroke":
                yield b"%s RG" % _colour(value)
            case "stroke-width":
                yield b"%s w" % _written(*_numbers(value, 1))
            case "stroke-miterlimit":
                yield b"%s M" % _written(*_numbers(value, 1))
            case "stroke-linecap" if value in _CAPS:
                yield b"%d J" % _CAPS[value]
            case "stroke-linejoin" if value in _JOINS:
                yield b"%d j" % _JOINS[value]
            case "stroke-dasharray":
                dashes = () if value == "none" else _numbers(value)
                offset = _numbers(style.get("stroke-dashoffset", "0"), 1)
                yield b"[%s] %s d" % (_written(*dashes), _written(*offset))
            case "stroke-dashoffset" if "stroke-dasharray" in style:
                continue
            case "fill-opacity" | "stroke-opacity":
                continue
            case _:
                raise _OtherError


def _paints(style: Mapping[str, str], kind: str, inherited: bool) -> bool:
    return style[kind] != "none" if kind in style else inherited


def _alpha(style: Mapping[str, str], kind: str) -> Step:
    (value,) = _numbers(style[f"{kind}-opacity"], 1)
    return lambda stream, _: stream.set_alpha(value, stroke=kind == "stroke")


def _colour(text: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise _OtherError
    return _written(*(int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)))


def _moved(element: Element) -> Iterator[bytes]:
    text = element.get("transform", "")
    found = _TRANSFORM.findall(text)
    if _TRANSFORM.sub("", text).strip():
        raise _OtherError
    for kind, inside in found:
        match kind, _numbers(inside):
            case "translate", (x, y):
                yield _matrix(1, 0, 0, 1, x, y)
            case "scale", (x,):
                yield _matrix(x, 0, 0, x, 0, 0)
            case "scale", (x, y):
                yield _matrix(x, 0, 0, y, 0, 0)
            case "rotate", (angle,):
                c, s = cos(radians(angle)), sin(radians(angle))
                yield _matrix(c, s, -s, c, 0, 0)
            case _:
                raise _OtherError


def _matrix(*values: float) -> bytes:
    return b"%s cm" % _written(*values)


@lru_cache(maxsize=1024)
def _path(text: str) -> bytes:
    """A path's operators. Letters come again and again."""
    if not _PATH.fullmatch(text):
        raise _OtherError
    made: list[bytes] = []
    at: tuple[float, ...] = (0.0, 0.0)
    for command, inside in _COMMAND.findall(text):
        count, operator = _PIECES[command]
        values = tuple(map(float, inside.split()))
        if len(values) != count:
            raise _OtherError
        if command == "Q":
            values = _cubic(at, values)
        at = values[-2:] or at
        made.append((b"%s %s" % (_written(*values), operator)).lstrip())
    return b"\n".join(made)


def _cubic(start: tuple[float, ...], curve: tuple[float, ...]) -> tuple[float, ...]:
    """A quadratic curve as a cubic one: degree elevation, to a hundredth."""
    (x0, y0), (x1, y1, x2, y2) = start, curve
    bent = ((x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3, (x2 + 2 * x1) / 3, (y2 + 2 * y1) / 3)
    return (*(round(each, 2) for each in bent), x2, y2)


def _rectangle(element: Element) -> tuple[float, ...]:
    return tuple(_numbers(element.get(side, "0"), 1)[0] for side in ("x", "y", "width", "height"))


def _points(text: str) -> float:
    if not text.endswith("pt"):
        raise _OtherError
    return _numbers(text.removesuffix("pt"), 1)[0]


def _numbers(text: str, count: int = 0) -> tuple[float, ...]:
    """Numbers with spaces or commas between them, `count` of them where that is not 0."""
    if not _NUMBERS.fullmatch(text.strip()):
        raise _OtherError
    found = tuple(float(each) for each in text.replace(",", " ").split())
    if count and len(found) != count:
        raise _OtherError
    return found


def _written(*values: float) -> bytes:
    """Numbers as PDF has them: with a point, without an exponent."""
    return " ".join([f"{value:.6f}".rstrip("0").rstrip(".") for value in values]).encode()


def _joined(steps: list[Step]) -> Iterator[Step]:
    """The steps with operators that follow each other in one."""
    held: list[bytes] = []
    for step in steps:
        if isinstance(step, bytes):
            held.append(step)
            continue
        if held:
            yield b"\n".join(held)
        held = []
        yield step
    if held:
        yield b"\n".join(held)
