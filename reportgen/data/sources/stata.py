"""A Stata data set (`.dta`), with its labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reportgen.data.sources._labelled import Labelled


class Stata(Labelled):
    """A Stata data set (`.dta`)."""

    readers: ClassVar[Mapping[str, str]] = {".dta": "read_dta"}
