"""What the columns of a table look as if they were for, and why: guesses for a starter spec."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.contracts import Loaded
from reportgen.core.dataclass import dataclass
from reportgen.core.types import level_text

if TYPE_CHECKING:
    import pandas as pd

Role = Literal["number", "category", "yes_no", "cluster", "identifier", "weight", "empty", "text"]

MOST_CODES = 12
"""A column of whole numbers with at most so many different ones looks like codes."""
FEWEST_CLUSTERS = 5
MANY_ROWS = 30
SAYS_CLUSTER = re.compile(
    r"psu|stra|cluster|clinic|school|site|center|centre|hospital|village|firm|family|household|"
    r"district|region|class|ward|practice|herd|litter|subject|patient|person|group|batch|plot",
    re.IGNORECASE,
)
SAYS_WEIGHT = re.compile(r"^(w|wt|wgt|weights?|pw|pweight)$|wt\d|_wt|^wt|weight_", re.IGNORECASE)
SAYS_IDENTIFIER = re.compile(r"^(id|seqn|uid|key|index)$|_id$|^id_", re.IGNORECASE)
SAYS_TIME = re.compile(r"year|date|time|visit|wave|month|week|day$", re.IGNORECASE)


@dataclass(frozen=True)
class Profile:
    """A column, what it looks as if it were for, and why. `levels` are its codes in order."""

    name: str
    role: Role
    why: str
    label: str = ""
    levels: tuple[str, ...] = ()
    missing: int = 0
    different: int = 0
    within: str | None = None


def profiles(loaded: Loaded) -> tuple[Profile, ...]:
    """A guess for each column, in the order of the file."""
    table = loaded.table
    found = [_profile(table[name], str(name)) for name in table]
    found = [_nested(each, table, found) for each in found]
    labels = {name: variable.label for name, variable in loaded.variables.items()}
    return tuple(replace(each, label=labels.get(each.name, "")) for each in found)


def _profile(values: pd.Series[Any], name: str) -> Profile:
    from pandas.api import types

    present = values.dropna()
    missing = int(values.isna().sum())
    different = int(present.nunique())
    if missing > len(values) / 2:
        return Profile(name, "empty", f"{missing:,} of {len(values):,} values are missing")
    if different < 2:
        return Profile(name, "empty", "all values are the same", missing=missing)
    numeric = types.is_numeric_dtype(values.dtype) and not types.is_bool_dtype(values.dtype)
    guess = _number(present, name) if numeric else _text(present, name)
    return replace(guess, missing=missing)


def _number(present: pd.Series[Any], name: str) -> Profile:
    different, n = int(present.nunique()), len(present)
    if SAYS_WEIGHT.search(name) and bool((present > 0).all()):
        return Profile(name, "weight", "positive numbers, and the name says so")
    if not bool((present == present.round()).all()):
        return Profile(
            name, "number", f"{different:,} different numbers, with decimals", different=different
        )
    if different == n and (SAYS_IDENTIFIER.search(name) or n > MANY_ROWS):
        return Profile(name, "identifier", "every row has another whole number")
    return _whole(present, name, different)


def _whole(present: pd.Series[Any], name: str, different: int) -> Profile:
    codes = _codes(present) if different <= MOST_CODES else ()
    if different == 2:
        return Profile(name, "yes_no", f"two codes, {' and '.join(codes)}", levels=codes)
    if _repeats(present) and SAYS_CLUSTER.search(name):
        return Profile(name, "cluster", f"{different:,} codes that repeat, and the name says so")
    if codes and not SAYS_TIME.search(name):
        return Profile(name, "category", f"few whole numbers, {', '.join(codes)}", levels=codes)
    return Profile(name, "number", f"{different:,} different whole numbers", different=different)


def _text(present: pd.Series[Any], name: str) -> Profile:
    different, n = int(present.nunique()), len(present)
    if different == 2:
        return Profile(name, "yes_no", "two different texts", levels=_codes(present))
    if different == n:
        return Profile(name, "identifier", "every row has another text")
    if _repeats(present) and (SAYS_CLUSTER.search(name) or different > MOST_CODES):
        return Profile(name, "cluster", f"{different:,} texts that repeat")
    if different <= MOST_CODES:
        return Profile(name, "category", f"{different} different texts", levels=_codes(present))
    return Profile(name, "text", f"{different:,} different texts")


def _repeats(present: pd.Series[Any]) -> bool:
    different = int(present.nunique())
    return FEWEST_CLUSTERS <= different <= len(present) / 2


def _nested(profile: Profile, table: pd.DataFrame, all_: Sequence[Profile]) -> Profile:
    """A few codes that repeat within every cluster of another column name clusters only together.

    Masked primary sampling units are so: 1 and 2 in every stratum.
    """
    if profile.role not in ("yes_no", "category") or not SAYS_CLUSTER.search(profile.name):
        return profile
    for other in all_:
        if other.role == "cluster":
            pairs = table[[other.name, profile.name]].dropna().drop_duplicates()
            each = pairs.groupby(other.name)[profile.name].nunique()
            if (each > 1).mean() > 0.5:
                why = f"its codes repeat within each {other.name}: only both name a cluster"
                return replace(profile, role="cluster", why=why, within=other.name, levels=())
    return profile


def _codes(present: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(level_text(value) for value in sorted(present.unique()))
