"""The options in a call: `df=4, degree=3`, each checked against the function's signature."""

from __future__ import annotations

from reportgen.core.tokens import Cursor, Token, refuse
from reportgen.models.formulas.functions import Allowed, Signature

Value = str | int | float | bool | tuple[float, ...]


def call_options(cursor: Cursor, function: Token, signature: Signature) -> dict[str, Value]:
    """The options up to the closing bracket, by position or by name; the cursor is behind it."""
    found: dict[str, Value] = {}
    positions = list(signature.options)
    while cursor.accept(","):
        name, place = _option_name(cursor, function, signature, positions[len(found) :])
        if name in found:
            refuse(f"`{name}` is given twice", place.offset, len(place.text))
        found[name] = _value(cursor, name, signature.options[name])
    cursor.expect(")")
    for name in signature.required:
        if name not in found:
            refuse(
                f"`{function.text}` needs `{name}`",
                function.offset,
                len(function.text),
                help=f"write `{function.text}(x, {name}=…)`",
            )
    return found


def _option_name(
    cursor: Cursor, function: Token, signature: Signature, free: list[str]
) -> tuple[str, Token]:
    token = cursor.token
    named = token.kind == "name" and cursor.ahead().text == "="
    if not named and free:
        return free[0], token
    if not named or token.text not in signature.options:
        known = ", ".join(signature.options) or "no options"
        refuse(
            f"`{function.text}` has no option `{token.text}`",
            token.offset,
            len(token.text),
            help=f"`{function.text}` takes one column and {known}",
        )
    cursor.position += 2
    return token.text, token


def _value(cursor: Cursor, name: str, allowed: Allowed) -> Value:
    token = cursor.token
    value = _numbers(cursor) if allowed.type == "numbers" else _scalar(cursor)
    if not _fits(value, allowed):
        refuse(f"`{name}` must be {allowed.says()}", token.offset, len(token.text))
    return int(value) if allowed.type == "integer" else value  # type: ignore[arg-type]


def _scalar(cursor: Cursor) -> Value:
    negative = cursor.accept("-")
    token = cursor.take()
    if token.kind == "number":
        return -float(token.text) if negative else float(token.text)
    if token.kind == "name" and token.text in ("True", "False") and not negative:
        return token.text == "True"
    return token.value if token.kind == "text" and not negative else ""


def _numbers(cursor: Cursor) -> Value:
    closing = {"(": ")", "[": "]"}.get(cursor.token.text)
    if closing is None:
        return _scalar(cursor)
    cursor.take()
    found: list[float] = []
    while not cursor.accept(closing):
        value = _scalar(cursor)
        if isinstance(value, (bool, str)) or not isinstance(value, float):
            cursor.unexpected("a number is missing")
        found.append(value)
        if not cursor.sees(closing):
            cursor.expect(",")
    return tuple(found)


def _fits(value: Value, allowed: Allowed) -> bool:
    if allowed.type == "flag":
        return isinstance(value, bool)
    if allowed.type == "center":
        return value == "center"
    if allowed.type == "numbers":
        return isinstance(value, tuple) and 0 < len(value) <= 50
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    whole = allowed.type != "integer" or float(value).is_integer()
    return whole and allowed.low <= value <= allowed.high
