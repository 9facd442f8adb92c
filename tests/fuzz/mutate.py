"""Inputs made from others: bytes, tokens and whole parts changed, dropped, doubled, exchanged."""

from __future__ import annotations

import random
import re
from typing import Any

NASTY = (
    "", "~", "null", "no", "012", "1:30", "1e309", "-1", "0", "nan", ".inf", "9" * 30, "true",
    "a" * 300, "\u202e", "\u200b", "\0", "é", "日本", "💥", "=1+1", "<script>", "{{", "}}",
    "{% x %}",
    "../x", "/etc/passwd", "$x", "${x}", "$$", "*a", "&a", "!!python/object:x", "|", ">", "- - -",
    "? x", "y ~ x", "1 | g", "C(g)", "I(x**2)", "Q('a b')", "x_*", "*", "[", "]", "{", "}", ": ",
    "#", " #", "'", '"', "\\", "\t", "\r", "\n", "%", "@", "`", "__class__", "1e9", "-0.0", "1/0",
    "models.m", "models.m[0]", "10000000", "[[[[", "{a: {a: {a: 1}}}", "2024-01-01", "\x85",
    "\u2028",
)  # fmt: skip
WORDS = re.compile(r"\w+|[^\w\s]|\s+")


def some_bytes(chance: random.Random, content: bytes) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(len(made) + 1)
        what = chance.randrange(6)
        if what == 0 and place < len(made):
            made[place] = chance.randrange(256)
        elif what == 1:
            made[place:place] = chance.randbytes(chance.choice((1, 2, 4, 40)))
        elif what == 2:
            del made[place : place + chance.choice((1, 2, 8, 100))]
        elif what == 3:
            other = chance.randrange(len(made) + 1)
            made[place:place] = made[other : other + chance.choice((1, 8, 64, 400))]
        elif what == 4:
            made[place:place] = chance.choice(NASTY).encode()
        else:
            del made[place:]
        made = made[:200_000]
    return bytes(made)


def some_tokens(chance: random.Random, text: str, more: tuple[str, ...] = ()) -> str:
    """A few words changed, dropped, doubled or exchanged."""
    words = WORDS.findall(text)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        place = chance.randrange(len(words) + 1)
        what = chance.randrange(6)
        if what == 0 and place < len(words):
            words[place] = chance.choice((*NASTY, *more, *words))
        elif what == 1:
            words.insert(place, chance.choice((*NASTY, *more, *words)))
        elif what == 2:
            del words[place : place + chance.choice((1, 2, 5))]
        elif what == 3 and words:
            other = chance.randrange(len(words))
            words[place:place] = words[other : other + chance.choice((1, 3, 12, 60))]
        elif what == 4 and place < len(words):
            words[place] *= chance.choice((2, 3, 50))
        else:
            chance.shuffle(words) if chance.random() < 0.05 else words.reverse()
            words = words if chance.random() < 0.05 else WORDS.findall(text)
    return "".join(words)[:100_000]


def some_parts(chance: random.Random, data: Any, others: list[Any]) -> Any:
    """Parts of a tree changed for other values, dropped, doubled, or for parts of other trees."""
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        places = list(_places(data))
        if not places:
            return data
        holder, key = chance.choice(places)
        what = chance.randrange(7)
        if what == 0:
            holder[key] = scalar(chance)
        elif what == 1:
            del holder[key]
        elif what == 2:
            other, place = chance.choice(list(_places(chance.choice(others))) or places)
            holder[key] = _copy(other[place])
        elif what == 3 and isinstance(holder, dict):
            holder[chance.choice((*KEYS, scalar(chance)))] = holder.pop(key)
        elif what == 4 and isinstance(holder, dict):
            holder[chance.choice(KEYS)] = scalar(chance)
        elif what == 5 and isinstance(holder[key], str):
            holder[key] = some_tokens(chance, holder[key])
        else:
            holder[key] = [_copy(holder[key])] * chance.choice((1, 2, 30))
    return data


KEYS: list[str] = ["kind", "formula", "groups", "each", "by", "like", "start", "impute", "weights"]


def scalar(chance: random.Random) -> Any:
    """Something that is not what was expected."""
    return chance.choice((
        None, True, False, 0, -1, 1, 3, 10**9, 10**18, 0.5, -1e300, float("nan"), float("inf"), [],
        {}, [[]], [1, "a", None], {"a": 1}, {"": None}, *map(str, NASTY),
    ))  # fmt: skip


def _places(data: Any) -> Any:
    if isinstance(data, dict):
        for key, value in list(data.items()):
            yield data, key
            yield from _places(value)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield data, number
            yield from _places(value)


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data
