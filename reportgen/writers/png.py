"""`png`: every figure as an image, beside its SVG."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import ClassVar

from reportgen.core.document import Document
from reportgen.writers import naming


class Png:
    """The figures of a report as PNG, 300 dots an inch; a file a figure."""

    suffix: ClassVar[str] = ".png"
    pictures: ClassVar[bool] = True

    def files(self, document: Document) -> Mapping[str, bytes]:
        """The images by their names, numbered as in the report."""
        return {
            f"{name}{self.suffix}": b64decode(figure.png)
            for name, figure in naming.figures(document)
        }
