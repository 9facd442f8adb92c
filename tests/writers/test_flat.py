"""A drawing on paper has fewer parts than in the page, and looks the same."""

from __future__ import annotations

from xml.etree import ElementTree

from reportgen.writers.pages.flat import flattened

DRAWING = """\
<svg viewBox="0 0 90 60"><title>Two</title>
<g id="a-axes"><g id="a-line" clip-path="url(#a-cut)"><defs>
<path id="a-dot" d="M 0 0 L 0 3" style="stroke: red"/></defs>
<use href="#a-dot" x="7" y="22.5" style="fill: blue; stroke: blue"/></g>
<g id="a-text" transform="translate(1 2)"><defs>
<path id="a-6d5" d="M 1 2 z" transform="scale(0.5)"/>
<path id="a-443" d="M 3 4 z" transform="scale(0.5)"/></defs>
<use href="#a-6d5"/><use href="#a-443" transform="translate(9 0)"/></g></g>
<defs><clipPath id="a-cut"><rect width="9" height="9"/></clipPath></defs></svg>"""


def parts(svg: str) -> list[tuple[str, dict[str, str]]]:
    return [(each.tag, dict(each.attrib)) for each in ElementTree.fromstring(svg).iter()]


def test_letters_and_markers_are_paths_and_empty_groups_are_gone() -> None:
    """What was referred to stands in its place, moved and styled as the reference said; the path's
    own style comes last, since it prevails.
    """
    assert parts(flattened(DRAWING)) == [
        ("svg", {"viewBox": "0 0 90 60"}),
        ("title", {}),
        ("g", {"id": "a-line", "clip-path": "url(#a-cut)"}),
        ("path", {"d": "M 0 0 L 0 3", "transform": "translate(7 22.5)",
                  "style": "fill: blue; stroke: blue; stroke: red"}),
        ("g", {"id": "a-text", "transform": "translate(1 2)"}),
        ("path", {"d": "M 1 2 z", "transform": "scale(0.5)"}),
        ("path", {"d": "M 3 4 z", "transform": "translate(9 0) scale(0.5)"}),
        ("defs", {}),
        ("clipPath", {"id": "a-cut"}),
        ("rect", {"width": "9", "height": "9"}),
    ]  # fmt: skip


def test_what_figures_do_not_write_stays_as_it_is() -> None:
    """A group that is referred to, a reference of another kind, a shape that is not there."""
    drawing = (
        '<svg><defs><g id="pair"><path d="M 0 0" /></g><path id="dot" d="M 1 1" /></defs>'
        '<use href="#pair" x="1" y="2" /><use href="#dot" opacity="0.5" /><use href="#no" /></svg>'
    )
    assert flattened(drawing) == drawing


def test_it_is_done_once() -> None:
    assert flattened(flattened(DRAWING)) == flattened(DRAWING)
