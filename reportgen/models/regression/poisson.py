"""`poisson`: regression of counts by maximum likelihood."""

from __future__ import annotations

from typing import ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.models.regression.families import FamilyName, LinkName
from reportgen.models.regression.onefamily import CountOptions, OneFamily


class Poisson(OneFamily):
    """Poisson regression of counts, with rate ratios."""

    kind: ClassVar[str] = "poisson"
    family: ClassVar[FamilyName] = "poisson"
    link: ClassVar[LinkName] = "log"

    @dataclass(frozen=True, kw_only=True)
    class Options(CountOptions):
        """Keys of `poisson`."""
