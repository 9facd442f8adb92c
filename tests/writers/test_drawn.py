"""A drawing of ours is drawn on paper by few operators, and any other by WeasyPrint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reportgen.core.document import Figure
from reportgen.writers.paper.drawn import Drawn, drawn, images
from reportgen.writers.paper.fetch import closed

DRAWING = """\
<svg width="90pt" height="60pt" viewBox="0 0 90 60" stroke-linejoin="round"><title>Two</title>
<g id="a-axes"><g id="a-line" clip-path="url(#a-cut)"><defs>
<path id="a-dot" d="M 0 0 L 0 3" style="stroke: #ff0000"/></defs>
<use href="#a-dot" x="7" y="22.5" style="fill: #0000ff; stroke: #0000ff; stroke-width: 0.5"/></g>
<g id="a-text" style="fill: #333333" transform="translate(1 2) scale(0.5 -0.5)"><defs>
<path id="a-6d5" d="M 1 2 Q 4 2 4 5 z" transform="scale(0.015625)"/></defs>
<use href="#a-6d5"/><use href="#a-6d5" transform="translate(9 0)"/></g></g>
<path d="M 0 0 L 9 9" style="fill: none"/>
<defs><clipPath id="a-cut"><rect width="9" height="9"/></clipPath></defs></svg>"""

LETTER = "q 0.015625 0 0 0.015625 0 0 cm 1 2 m 3 2 4 3 4 5 c h f Q"


def image(url: str) -> Any:
    """Of an address that a drawing has: nothing that can be put on a page."""
    return None


def wrapped(inside: str) -> str:
    return f'<svg width="9pt" height="6pt" viewBox="0 0 9 6">{inside}</svg>'


def operators(made: Drawn | None) -> str:
    """All operators in one line."""
    assert made is not None
    assert all(isinstance(step, bytes) for step in made.steps)
    return b" ".join(made.steps).decode().replace("\n", " ")  # type: ignore[arg-type]


def test_what_is_said_of_a_group_holds_for_what_is_in_it() -> None:
    """A letter has the colour of its text, a marker's own style prevails, a clip cuts its group;
    a shape that is neither filled nor outlined is not drawn.
    """
    assert operators(drawn(DRAWING, image)) == " ".join([
        "0 0 0 rg 1 w 4 M q 1 j q",
        "q 0 0 9 9 re W n q 0 0 1 rg 0 0 1 RG 0.5 w 1 0 0 1 7 22.5 cm",
        "q 1 0 0 RG 0 0 m 0 3 l B Q Q Q",
        "q 1 0 0 1 1 2 cm 0.5 0 0 -0.5 0 0 cm 0.2 0.2 0.2 rg",
        f"q {LETTER} Q q 1 0 0 1 9 0 cm {LETTER} Q Q Q",
        "q Q Q",
    ])  # fmt: skip


def test_its_size_is_in_pixels() -> None:
    """A point is 4/3 of a pixel."""
    made = drawn(DRAWING, image)
    assert made is not None
    assert made.get_intrinsic_size(1, 16) == (120.0, 80.0, 1.5)
    assert made.box == (0.0, 0.0, 90.0, 60.0)


def test_dashes_caps_and_turned_text() -> None:
    """As plots have them."""
    style = "fill: none; stroke: #000000; stroke-dasharray: 6.66,2.88; stroke-dashoffset: 1"
    found = operators(drawn(wrapped(
        f'<path d="M 0 0 L 1 1" style="{style}; stroke-linecap: square" '
        'transform="translate(8 9) rotate(-90)"/>'
    ), image))  # fmt: skip
    assert "1 0 0 1 8 9 cm 0 -1 1 0 0 0 cm" in found
    assert "[6.66 2.88] 1 d 2 J 0 0 m 1 1 l S" in found


@pytest.mark.parametrize(
    "inside",
    [
        '<circle r="3"/>',
        '<path d="M 0 0 A 1 1 0 0 0 1 1"/>',
        '<path d="M 0 0 1 1 2 2"/>',
        '<path d="m 0 0 L 1 1"/>',
        '<path d="M 0 0 L 1e3 1"/>',
        '<path d="M 0 0" style="fill: red"/>',
        '<path d="M 0 0" style="fill: url(#a)"/>',
        '<path d="M 0 0" style="opacity: 0.5"/>',
        '<path d="M 0 0" opacity="0.5"/>',
        '<path d="M 0 0" style="stroke-width: 2px"/>',
        '<path d="M 0 0" transform="skewX(3)"/>',
        '<path d="M 0 0" clip-path="url(#no)"/>',
        '<use href="#no"/>',
        '<g id="a"><path d="M 0 0"/></g><use href="#a"/>',
        '<text>a</text>',
        '<image href="data:image/png;base64," width="1" height="1"/>',
    ],
)  # fmt: skip
def test_what_our_figures_do_not_say_is_left_to_weasyprint(inside: str) -> None:
    """Anything else: nothing is drawn otherwise than it is meant."""
    assert drawn(wrapped('<path d="M 0 0 L 1 1"/>'), image) is not None
    assert drawn(wrapped(inside), image) is None


@pytest.mark.parametrize("size", ['width="9"', 'width="90%"', ""])
def test_a_size_in_anything_but_points_is_left_to_weasyprint(size: str) -> None:
    """So is a drawing of no size."""
    assert drawn(f'<svg {size} height="6pt" viewBox="0 0 9 6"/>', image) is None


def test_what_shines_through_is_a_resource_of_the_page() -> None:
    """A degree of opacity is set by WeasyPrint's stream, for one shape alone."""
    made = drawn(wrapped('<path d="M 0 0 L 1 1 z" style="fill-opacity: 0.16"/>'), image)
    assert made is not None
    said: list[Any] = []

    class Stream:
        stream = said

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *values, **named: said.append((name, *values, *named.items()))

    for step in made.steps[1:]:
        said.append(step) if isinstance(step, bytes) else step(Stream(), None)
    assert said == [("push_state",), ("set_alpha", 0.16, ("stroke", False)),
                    b"0 0 m\n1 1 l\nh\nf", ("pop_state",), b"Q"]  # fmt: skip


def test_a_plot_is_ours_to_draw() -> None:
    """Lines, dashes, what shines through, letters turned and not, clouds of points."""
    from reportgen.blocks.plots.figure import draw
    from reportgen.writers.pages.drawing import drawing

    def paint(figure: Any) -> None:
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], "o--", alpha=0.5)
        axes.fill_between([0, 1], [0, 1], alpha=0.2, hatch=None)
        axes.scatter([0, 1], [1, 0], rasterized=True)
        axes.set_ylabel("a label, turned")

    figure = Figure(kind="forest", svg=draw(paint, 2), alt="", caption="", columns=(), rows=())
    svg = drawing(figure, "1f", "A title")
    asked: list[str] = []
    made = drawn(svg, lambda url: asked.append(url) or "an image")
    assert made is not None
    assert [url[:22] for url in asked] == ["data:image/png;base64,"]
    assert len([step for step in made.steps if isinstance(step, bytes)]) > 5


def test_all_that_weasyprint_does_not_draw_is_known_to_it_by_its_address() -> None:
    """What is left to it is not."""
    made = images({"a.svg": DRAWING, "b.svg": wrapped("<circle/>")}, closed({}))
    assert list(made) == ["reportgen:a.svg"]
