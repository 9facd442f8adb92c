"""An estimate and its interval in words, on the scale on which a reader meets them."""

from __future__ import annotations

import math

from reportgen.blocks.statements.asked import Manner
from reportgen.blocks.statements.found import Found
from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.types import Coef
from reportgen.core.words import Words

Limits = tuple[float | None, float | None]


@dataclass(frozen=True)
class Numbers:
    """An estimate, its limits and its standard error (None on the scale of ratios)."""

    estimate: float
    low: float | None
    high: float | None
    se: float | None

    def times(self, factor: float) -> Numbers:
        """The same for so much more; a negative factor exchanges the limits."""
        low, high = (self.low, self.high) if factor > 0 else (self.high, self.low)
        return Numbers(
            self.estimate * factor,
            None if low is None else low * factor,
            None if high is None else high * factor,
            None if self.se is None else self.se * abs(factor),
        )

    def ratio(self) -> Numbers:
        """The exponentials."""
        low, high = (None if end is None else math.exp(end) for end in (self.low, self.high))
        return Numbers(math.exp(self.estimate), low, high, None)

    def decimals(self, manner: Manner) -> int:
        """As many as in the row of a table, unless asked otherwise."""
        values = (self.estimate, self.low, self.high)
        if manner.decimals is not None:
            return manner.decimals
        if self.se is None:
            return numbers.ratio_decimals([values])
        return numbers.row_decimals([self.se], values)


def numbers_of(coef: Coef) -> Numbers | None:
    """The numbers of a coefficient; None where its estimate is withheld."""
    if coef.estimate is None:
        return None
    return Numbers(coef.estimate, coef.low, coef.high, coef.se)


def interval(found: Found, own: Numbers, manner: Manner, *, directed: bool) -> str:
    """The interval, with p where it is asked for.

    `directed`: the sentence says "higher" or "lower", so limits have no sign; an interval with no
    difference inside tells the direction of each.
    """
    words, decimals = found.context.words, own.decimals(manner)
    low, high = own.low, own.high
    if low is None or high is None:
        text = words("sentence.no_interval")
    else:
        across = directed and low < 0 < high
        if directed and not across:
            low, high = sorted((abs(low), abs(high)))
        elif across:
            low = abs(low)
        text = words(
            _name(found, across),
            level=numbers.level(found.model.result.confidence),
            low=numbers.fixed(low, decimals),
            high=numbers.fixed(high, decimals),
        )
    p = found.coef.p
    if p is None or not manner.p:
        return text
    return with_p("sentence.tested", p, words, interval=text)


def with_p(name: str, p: float, words: Words, **values: str) -> str:
    """A pattern with a probability: `name` for "= 0.03", `name_bound` for "<0.001"."""
    text = numbers.p_value(p)
    return words(f"{name}_bound" if text[0] in "<>" else name, p=text, **values)


def _name(found: Found, across: bool) -> str:
    method = found.model.result.method
    credible = method is not None and method.se == "posterior"
    if credible:
        return "sentence.credible_across" if across else "sentence.credible"
    return "sentence.across" if across else "sentence.interval"
