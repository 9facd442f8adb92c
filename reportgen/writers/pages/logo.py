"""A logo inside a page: an SVG that only draws, or a PNG or JPEG in the page itself."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from io import BytesIO

from reportgen.core.document import Brand, Figure
from reportgen.core.errors import DocumentError, Problem
from reportgen.writers.pages.drawing import drawing
from reportgen.writers.texts.visible import visible

WIDEST = 4000
"""Pixels of a side."""

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg"}
_SVG = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<")
_STYLED = re.compile(r"<style\b|<!DOCTYPE|<!ENTITY", re.IGNORECASE)


def checked(data: bytes) -> str:
    """The MIME type of a logo. DocumentError where it is nothing that a report can hold."""
    if not _SVG.match(data):
        return FORMATS[_format(data)]
    _drawn(data, "")
    return "image/svg+xml"


def logo_html(brand: Brand) -> str:
    """The logo as HTML that asks for nothing, with its name as text alternative; "" for none."""
    if not brand.logo:
        return ""
    mime = checked(brand.logo)
    name = escape(visible(brand.name), quote=True)
    if mime == "image/svg+xml":
        return f'<div role="img" aria-label="{name}">{_drawn(brand.logo, brand.name)}</div>'
    data = b64encode(brand.logo).decode("ascii")
    return f'<img src="data:{mime};base64,{data}" alt="{name}">'


def _drawn(data: bytes, title: str) -> str:
    """The SVG with nothing in it but shapes. A style sheet would reach the whole page."""
    text = data.decode("utf-8-sig", errors="replace")
    if _STYLED.search(text):
        raise _refused(
            "the logo has a style sheet or declarations of its own",
            "export it as plain SVG, with presentation attributes",
        )
    return drawing(Figure("logo", text, title), "logo", title)


def _format(data: bytes) -> str:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=list(FORMATS)) as image:
            format_, size = str(image.format), image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise _refused("the logo is no SVG, PNG or JPEG", "") from error
    if max(size) > WIDEST:
        raise _refused(f"the logo is larger than {WIDEST:,} pixels", "make it smaller")
    return format_


def _refused(message: str, help_: str) -> DocumentError:
    return DocumentError(Problem("logo", message, help=help_))
