"""A drawing with fewer parts that looks the same: whatever sets pages takes each part in turn.

In a figure's SVG every letter refers to an outline and every marker to a shape. Here each is a path
of its own, and groups that say nothing are gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    Element = ElementTree.Element
    Shapes = Mapping[str, Element]

_LETTER = ({"href"}, {"href", "transform"})
_MARKER = {"href", "style", "x", "y"}


def flattened(svg: str) -> str:
    """A drawing without names of namespaces, with as few parts as show the same.

    What refers to a shape in a way that figures do not stays as it is.
    """
    root = ElementTree.fromstring(svg)
    shapes = {f"#{each.get('id')}": each for each in root.iter("path") if each.get("id")}
    _flatten(root, shapes)
    _tidy(root, frozenset(each.get("href", "") for each in root.iter("use")))
    return ElementTree.tostring(root, encoding="unicode")


def _flatten(parent: Element, shapes: Shapes) -> None:
    """Put paths in the places of what refers to shapes."""
    for place, child in enumerate(parent):
        path = _path(child, shapes) if child.tag == "use" else None
        if path is None:
            _flatten(child, shapes)
        else:
            parent[place] = path


def _path(use: Element, shapes: Shapes) -> Element | None:
    """What a reference shows: the outline of a letter, or a marker with its style."""
    shape, names = shapes.get(use.get("href", "")), set(use.keys())
    if shape is None:
        return None
    path = ElementTree.Element("path", {"d": shape.get("d", "")})
    if names in _LETTER and set(shape.keys()) <= {"id", "d", "transform"}:
        moves = [each.get("transform", "") for each in (use, shape)]
    elif names == _MARKER and set(shape.keys()) == {"id", "d", "style"}:
        moves = [f"translate({use.get('x')} {use.get('y')})"]
        path.set("style", f"{use.get('style')}; {shape.get('style')}")
    else:
        return None
    path.set("transform", " ".join(moves).strip())
    return path


def _tidy(parent: Element, wanted: Collection[str]) -> None:
    """Take out shapes that nothing refers to any more, and groups that say nothing."""
    made: list[Element] = []
    for child in parent:
        _tidy(child, wanted)
        idle = f"#{child.get('id')}" not in wanted
        if idle and child.tag == "g" and set(child.keys()) <= {"id"}:
            made += child
        elif idle and (parent.tag, child.tag) == ("defs", "path"):
            continue
        elif child.tag != "defs" or len(child):
            made.append(child)
    parent[:] = made
