"""A SAS transport file (`.xpt`) or data set (`.sas7bdat`), with its labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reportgen.data.sources._labelled import Labelled


class Sas(Labelled):
    """A SAS transport file (`.xpt`) or data set (`.sas7bdat`)."""

    readers: ClassVar[Mapping[str, str]] = {".xpt": "read_xport", ".sas7bdat": "read_sas7bdat"}
