"""`logit`: logistic regression by maximum likelihood."""

from __future__ import annotations

from typing import ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.models.regression.families import FamilyName, LinkName
from reportgen.models.regression.onefamily import BinaryOptions, OneFamily


class Logit(OneFamily):
    """Logistic regression of a yes or a no, with odds ratios."""

    kind: ClassVar[str] = "logit"
    family: ClassVar[FamilyName] = "binomial"
    link: ClassVar[LinkName] = "logit"

    @dataclass(frozen=True, kw_only=True)
    class Options(BinaryOptions):
        """Keys of `logit`."""
