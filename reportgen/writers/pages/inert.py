"""Whether a page would run or load anything: what a template of the user's own made is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

TAGS = frozenset({
    "script", "iframe", "frame", "frameset", "object", "embed", "applet", "portal", "link", "base",
    "form", "input", "button", "textarea", "select", "noscript", "noembed", "noframes", "xmp",
    "plaintext", "listing", "template", "math", "foreignobject", "animate", "animatetransform",
    "animatemotion", "set", "audio", "video", "source", "track", "marquee",
})  # fmt: skip
ADDRESSES = frozenset({
    "href", "xlink:href", "src", "srcset", "data", "action", "formaction", "poster", "background",
    "ping", "manifest", "srcdoc", "cite", "longdesc",
})  # fmt: skip
LINK = re.compile(r"\s*(https?://|mailto:|#)", re.IGNORECASE)
INLINED = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp);base64,)", re.IGNORECASE)
OUTSIDE = re.compile(
    r"url\(\s*['\"]?\s*(?!data:|#|['\"]?\s*#)|@import|expression\(|\\", re.IGNORECASE
)
TRICKS = re.compile(r"<!--|<!\[|<\?|<\s*/?\s*(" + "|".join(sorted(TAGS)) + r")\b", re.IGNORECASE)


def checked(text: str) -> str:
    """What in a page would run or load something, in words; "" where nothing does."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    trick = TRICKS.search(text)
    if trick and not reader.found:
        return f"`{trick[0]}`"
    return reader.found


class _Reader(HTMLParser):
    """Finds the first thing that has no place in a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in TAGS:
            self._find(f"a `{tag}` element")
        if tag == "meta" and given.get("http-equiv", "content-security-policy").lower() != (
            "content-security-policy"
        ):
            self._find("a `meta` element that is an instruction")
        for name, value in given.items():
            pattern = LINK if tag == "a" else INLINED
            if name.startswith("on"):
                self._find(f"an `{name}` attribute")
            elif name in ADDRESSES and value and not pattern.match(value):
                self._find(f"an address (`{name}`) of something else")
            elif OUTSIDE.search(value) and name in ("style", "fill", "stroke", "mask", "filter"):
                self._find("a style that loads something")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style" and (OUTSIDE.search(data) or "<" in data):
            self._find("a style that loads something")

    def _find(self, what: str) -> None:
        self.found = self.found or what
