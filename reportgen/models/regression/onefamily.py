"""What the kinds share that are a generalised linear model of one family and link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, ClassVar

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Problem
from reportgen.core.options import Column, option
from reportgen.core.types import Frame, Result
from reportgen.models.regression.families import FamilyName, LinkName
from reportgen.models.regression.glm import Fit, Glm
from reportgen.models.regression.ols import LinearOptions, cluster_problems


@dataclass(frozen=True, kw_only=True)
class BinaryOptions(LinearOptions):
    """Keys of kinds of a yes or a no."""

    offset: Column | None = option(None, doc="Added to the linear predictor.")


@dataclass(frozen=True, kw_only=True)
class CountOptions(LinearOptions):
    """Keys of kinds of counts."""

    offset: Column | None = option(None, doc="Added to the linear predictor.")
    exposure: Column | None = option(None, doc="Time or people at risk: its logarithm is added.")


class OneFamily(Glm):
    """A generalised linear model whose family and link its name says."""

    version: ClassVar[str] = "1"
    family: ClassVar[FamilyName]
    link: ClassVar[LinkName]

    def check(self, options: Any) -> Iterable[Problem]:
        """Cluster-robust errors without clusters."""
        yield from cluster_problems(options)

    def fit(self, options: Any, frame: Frame, start: Result | None = None) -> Fit:
        """The maximum of the likelihood, as for `glm`; a binary outcome must be a yes or a no."""
        known = {each.name: getattr(options, each.name) for each in fields(options)}
        asked = Glm.Options(**known, family=self.family, link=self.link)
        return super().fit(asked, frame, start)
