"""A figure's SVG made fit to stand inside a page: drawing only, with names of its own.

Two figures may both call a clip path `p1`; in one page the second would then be cut by the first.
And whatever drew the figure, nothing but drawing passes: no script, no style sheet, no address.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from reportgen.core.document import Figure
from reportgen.core.errors import DocumentError, Problem
from reportgen.writers.texts.visible import visible

_SHAPES = frozenset(
    {
        *("svg", "g", "defs", "use", "symbol", "title", "desc", "image", "text", "tspan"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "marker"),
        *("clipPath", "mask", "linearGradient", "radialGradient", "stop", "pattern"),
    }
)
# A style sheet inside a drawing would apply to the whole page; figures carry attributes instead.
_DROPPED = frozenset({"metadata", "style"})
_LINES = {"stroke-linejoin": "round", "stroke-linecap": "butt"}
_INLINED = re.compile(r"data:image/png;base64,")
_ADDRESS = re.compile(r"url\(\s*['\"]?(?!\s*['\"]?#)", re.IGNORECASE)
_OWN = re.compile(r"url\(\s*(['\"]?)#([^)'\"]*)\1\s*\)", re.IGNORECASE)


def drawing(figure: Figure, name: str, title: str = "") -> str:
    """The figure's `<svg>` with its ids under `name`, and `title` as its text alternative.

    Raises DocumentError where the drawing holds anything but shapes and images of its own.
    """
    try:
        root = ElementTree.fromstring(figure.svg)
    except ElementTree.ParseError as error:
        raise _refused(figure, "is not well-formed") from error
    _clean(root, figure, name)
    root.tag = "svg"
    for attribute in ("role", "aria-label", "aria-labelledby"):
        root.attrib.pop(attribute, None)
    for attribute, value in _LINES.items():
        root.attrib.setdefault(attribute, value)
    if title:
        label = ElementTree.Element("title")
        label.text = visible(title)
        root.insert(0, label)
    return ElementTree.tostring(root, encoding="unicode")


def figure_size(figure: Figure) -> tuple[float, float]:
    """Width and height of a drawing in points."""
    root = ElementTree.fromstring(figure.svg)
    width, height = (float(root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    return width, height


def _clean(element: ElementTree.Element, figure: Figure, name: str) -> None:
    """Check `element` and all below it; take namespaces off, put `name` before ids."""
    element.attrib = {
        _local(key): _attribute(_local(key), value, figure, name)
        for key, value in element.attrib.items()
        if _local(key) != "space"
    }
    for child in list(element):
        tag = _local(str(child.tag))
        if tag in _DROPPED:
            element.remove(child)
            continue
        if tag not in _SHAPES:
            raise _refused(figure, f"holds a `{tag[:40]}` element")
        child.tag = tag
        _clean(child, figure, name)


def _attribute(key: str, value: str, figure: Figure, name: str) -> str:
    if key.startswith("on"):
        raise _refused(figure, f"holds an `{key[:40]}` attribute")
    if key == "id":
        return f"{name}-{value}"
    if key == "href":
        if not value.startswith("#") and not _INLINED.match(value):
            raise _refused(figure, "refers to another file")
        return f"#{name}-{value[1:]}" if value.startswith("#") else value
    # an escape in a style could spell `url` in a way that the next line does not see
    if _ADDRESS.search(value) or (key == "style" and "\\" in value):
        raise _refused(figure, "refers to another file")
    return _OWN.sub(rf"url(#{name}-\2)", value)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refused(figure: Figure, reason: str) -> DocumentError:
    return DocumentError(
        Problem(
            "unsafe-figure",
            f"the drawing of a `{figure.kind}` plot {reason}, so it cannot stand in a page",
            help="a drawing may hold shapes, text and PNG images of its own",
        )
    )
