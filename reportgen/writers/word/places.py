"""Places of a Word document that texts refer to: bookmarks, and fields that show what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from reportgen.core.digest import digest
from reportgen.writers.word.xml import LINK, Element, field, run, w

LONGEST = 40
"""Word's bookmarks have names of at most so many characters."""


class Places:
    """The anchors of a report with what each shows: "Table 3", a heading. Counts bookmarks."""

    def __init__(self, shown: Mapping[str, str]) -> None:
        self.shown = shown
        self.names = {anchor: bookmark(anchor) for anchor in shown}
        self.count = 0

    def marked(self, anchor: str, runs: Iterable[Element]) -> Iterator[Element]:
        """Runs as the place of an anchor."""
        return self.named(self.names[anchor], runs)

    def named(self, name: str, runs: Iterable[Element]) -> Iterator[Element]:
        """Runs as a bookmark."""
        self.count += 1
        number = self.count
        yield w("bookmarkStart", id=number, name=name)
        yield from runs
        yield w("bookmarkEnd", id=number)

    def reference(self, anchor: str, text: str) -> Iterator[Element] | None:
        """A field that shows what is at an anchor, now `text`; None where it shows anything else.

        Word renews it when tables are moved, in the type that it has here.
        """
        if anchor not in self.names or self.shown[anchor] != text:
            return None
        code = rf"REF {self.names[anchor]} \h \* MERGEFORMAT"
        return field(code, [run(text, colour=LINK)])


def bookmark(anchor: str) -> str:
    """An anchor as a name that Word takes: letters, digits and underscores, not too many."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", anchor)
    if name != anchor or len(name) > LONGEST - 2:
        name = f"{name[: LONGEST - 11]}_{digest(anchor)[:8]}"
    return f"r_{name}"
