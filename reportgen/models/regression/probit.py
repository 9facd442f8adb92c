"""`probit`: probit regression by maximum likelihood."""

from __future__ import annotations

from typing import ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.models.regression.families import FamilyName, LinkName
from reportgen.models.regression.onefamily import BinaryOptions, OneFamily


class Probit(OneFamily):
    """Probit regression of a yes or a no; errors from the observed information."""

    kind: ClassVar[str] = "probit"
    family: ClassVar[FamilyName] = "binomial"
    link: ClassVar[LinkName] = "probit"
    observed: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(BinaryOptions):
        """Keys of `probit`."""
