"""The report's typefaces: they come as Python packages, so every machine sets the same page."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

SANS = "Source Sans Pro"
SERIF = "Source Serif Pro"

_PACKAGES = {SANS: "font_source_sans_pro", SERIF: "font_source_serif_pro"}


def font_file(family: str, style: str = "Regular") -> Path:
    """The file of a face: styles are Regular, It, Semibold, SemiboldIt, Bold, BoldIt, …

    Raises FileNotFoundError if the package that carries the family is not installed.
    """
    package = _PACKAGES[family]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the font package {package} is not installed")
    name = f"{family.replace(' ', '')}-{style}.ttf"
    return Path(spec.origin).parent / "files" / name
