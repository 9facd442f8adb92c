"""The logo of a brand is looked up beneath the spec's folder, and errors know their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.core.errors import DocumentError, SpecError
from reportgen.plan.build import plan
from reportgen.plan.source import load
from reportgen.run.brand import LARGEST, brand_of

SPEC = """\
reportgen: 1
title: A report
brand: {BRAND}
output: {OUTPUT}
report:
  - text: Nothing.
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 h 3"/></svg>'


def planned(folder: Path, brand: str, output: str = "{}"):
    file = folder / "spec.yaml"
    file.write_text(SPEC.replace("{BRAND}", brand).replace("{OUTPUT}", output), encoding="utf-8")
    return plan(load(file), {})


def test_a_logo_is_read(tmp_path):
    """Its bytes, with what the spec says of it."""
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    made = brand_of(planned(tmp_path, '{logo: logo.svg, name: Us, accent: "#0b5a8a"}'))
    assert (made.logo, made.name, made.accent) == (SVG.encode(), "Us", "#0b5a8a")


@pytest.mark.parametrize(
    ("content", "name"),
    [(None, "logo.svg"), (SVG, "../logo.svg"), ("no picture", "logo.svg"), ("x" * (LARGEST + 1),
     "logo.svg")],
    ids=["missing", "outside", "no picture", "too large"],
)  # fmt: skip
def test_a_logo_that_cannot_stand_is_an_error_at_its_place(tmp_path, content, name):
    """Line and column of the key's value."""
    folder = tmp_path / "here"
    folder.mkdir()
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        brand_of(planned(folder, f"{{logo: {name}, name: Us}}"))
    place = caught.value.problems[0].place
    assert (place.line, place.column) == (3, 15)


@pytest.mark.parametrize(
    "brand", ["{logo: logo.svg}", "{accent: red}", '{accent: "#12345"}', "{color: red}"]
)
def test_a_brand_that_is_wrong_is_told_before_anything_is_read(tmp_path, brand):
    """A logo without a name, a colour that is none, an unknown key."""
    with pytest.raises(SpecError):
        planned(tmp_path, brand)


@pytest.mark.parametrize(
    ("output", "style"),
    [
        ("{}", "default"),
        ("{theme: apa}", "apa"),
        ("{theme: lancet}", "lancet"),
        ("{theme: apa, numbers: {p: nejm}}", "nejm"),
    ],
)
def test_a_theme_brings_its_style_of_probabilities(tmp_path, output, style):
    """Unless the spec says another."""
    assert planned(tmp_path, "{}", output).output.numbers == {"p": style}
