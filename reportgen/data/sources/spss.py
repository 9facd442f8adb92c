"""An SPSS data set (`.sav`, `.zsav`), with its labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reportgen.data.sources._labelled import Labelled


class Spss(Labelled):
    """An SPSS data set (`.sav`, `.zsav`)."""

    readers: ClassVar[Mapping[str, str]] = {".sav": "read_sav", ".zsav": "read_sav"}
