"""Themes and brands: what they change, and what they may not."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest

from reportgen.core.colours import AA, contrast
from reportgen.core.document import Brand, Look
from reportgen.core.errors import DocumentError
from reportgen.writers.html import Html
from reportgen.writers.pages.assets import stylesheet, template_folder
from reportgen.writers.pages.logo import checked
from reportgen.writers.pages.theme import builtin, schemes_of
from reportgen.writers.pages.variables import VARIABLES, sheet
from reportgen.writers.pdf import Pdf

THEMES = sorted(path.stem for path in (template_folder() / "themes").glob("*.css"))
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle id="c" cx="20" cy="20" '
    b'r="16" fill="#0a7d5a"/></svg>'
)


def picture(format_: str, size: tuple[int, int] = (60, 20)) -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", size, "#0a7d5a").save(out, format_)
    return out.getvalue()


def test_the_themes_are_those_of_the_reference():
    """The default has no sheet of its own."""
    assert THEMES == ["ama", "apa", "lancet", "nejm"]


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_changes_what_it_may(name: str, root: Path) -> None:
    """Documented variables, in a light and in a dark block, as a theme of a user's own may."""
    rows = re.findall(r"^\| `--.*", (root / "docs/themes.md").read_text("utf-8"), re.MULTILINE)
    documented = re.findall(r"`--([\w-]+)`", "".join(rows))
    found = sheet(stylesheet(f"themes/{name}.css"), f"{name}.css")
    assert set(found.light) > set(found.dark) > {"head", "link"}
    assert set(documented) == set(VARIABLES) == set(builtin("default")[0])
    assert found.light["head"] != builtin("default")[0]["head"]


@pytest.mark.parametrize("name", ["default", *THEMES])
def test_every_theme_says_the_same(demo: ModuleType, name: str) -> None:
    """The words of the page are those of the default, and its typefaces are inside."""
    body = Html().render(demo.document(demo.compare(), theme=name)).decode()
    plain = Html().render(demo.document(demo.compare())).decode()
    assert body[body.index("<body") :] == plain[plain.index("<body") :]
    serif = [face for face in re.findall(r"@font-face\{[^}]*", body) if "Source Serif Pro" in face]
    heavy = any("font-weight:600" in face for face in serif)
    assert heavy == (name in ("apa", "lancet"))


def test_a_theme_is_set_on_paper(demo: ModuleType) -> None:
    """WeasyPrint understands every rule of it; a complaint would be an error."""
    document = demo.document(demo.compare(), theme="ama", brand=Brand(SVG, "Institute", "#0a7d5a"))
    assert Pdf().render(document).startswith(b"%PDF-")


@pytest.mark.parametrize("accent", ["#0b5a8a", "#ff0", "#000", "#fff"])
def test_the_colour_of_a_brand_can_be_read(accent: str) -> None:
    """Black in the dark scheme, and white or yellow in the light one, are changed."""
    for scheme in schemes_of("default", Look(), accent):
        assert contrast(scheme["head"], scheme["paper"]) >= AA
        assert scheme["head"] == scheme["link"]


@pytest.mark.parametrize(
    ("data", "mime"),
    [(SVG, "image/svg+xml"), (picture("PNG"), "image/png"), (picture("JPEG"), "image/jpeg")],
)
def test_a_logo_stands_in_the_page(demo: ModuleType, data: bytes, mime: str) -> None:
    """With its name for those who cannot see it, and without an address."""
    page = Html().render(demo.document(brand=Brand(data, 'Institute "A"'))).decode()
    (logo,) = re.findall(r'<div class="logo">(.*?)</div>\s*<h1>', page, re.DOTALL)
    assert checked(data) == mime
    assert "Institute &quot;A&quot;" in logo
    if mime == "image/svg+xml":
        assert "<circle" in logo
    else:
        assert f"data:{mime};base64,{base64.b64encode(data).decode()}" in logo


@pytest.mark.parametrize(
    "data",
    [
        SVG.replace(b"<circle", b"<script>alert(1)</script><circle"),
        SVG.replace(b"<circle", b"<style>body { display: none }</style><circle"),
        SVG.replace(b"<circle", b'<image href="https://example.org/x.png"/><circle'),
        SVG.replace(b"<circle", b'<circle onload="alert(1)"/><circle'),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG,
        b"<svg",
        b"<html><body>no</body></html>",
        b"GIF89a" + b"\0" * 40,
        b"nothing",
        b"",
        picture("PNG", (5000, 10)),
    ],
    ids=["script", "style", "address", "event", "entity", "cut", "html", "gif", "text", "empty",
         "wide"],
)  # fmt: skip
def test_what_is_no_logo_is_refused(data: bytes) -> None:
    """With what is wrong, and never with what is in the file."""
    with pytest.raises(DocumentError) as caught:
        checked(data)
    assert "example.org" not in str(caught.value.problems[0])
