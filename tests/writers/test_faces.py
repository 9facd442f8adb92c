"""The typefaces inside a page."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from reportgen.writers.pages.assets import FACES
from reportgen.writers.pages.faces import _ALWAYS, _shipped, embedded


def glyphs(data):
    with TTFont(BytesIO(data)) as font:
        return set(font.getBestCmap())


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_what_is_shipped_is_what_the_typeface_has(face):
    """Every usual character that the whole face has is in the face cut down."""
    with TTFont(face.file) as font:
        wanted = {ord(char) for char in _ALWAYS} & set(font.getBestCmap())
    assert glyphs(_shipped(face).read_bytes()) == wanted


def test_a_page_with_other_characters_has_faces_of_its_own():
    """Cyrillic letters are there when a page has them, the usual ones too."""
    faces = re.findall(r"base64,([^)]*)\)", embedded("<p>Плечо, arm</p>"))
    assert faces
    for face in faces:
        assert {ord("П"), ord("a")} <= glyphs(b64decode(face))
    usual = re.findall(r"base64,([^)]*)\)", embedded("<p>arm</p>"))
    assert ord("П") not in glyphs(b64decode(usual[0]))
