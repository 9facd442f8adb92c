"""Prose: CommonMark and tables in, HTML out. Nothing in a text can become markup of its own."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from reportgen.core.typography import mended
from reportgen.writers.visible import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
_DEEPEST = 6


def to_html(text: str, below: int = 1) -> str:
    """A text as HTML blocks; its headings stand under a heading of level `below` (1 to 5).

    HTML in the text is shown as it was written, and so are images and links to anything but
    http, https, mailto and places of the report itself.
    """
    return _html(*parsed(text, below))


def inline(text: str) -> str:
    """One sentence as HTML: emphasis, links and code, but no paragraphs, lists or headings."""
    return _html(*parsed_inline(text))


def parsed(text: str, below: int = 1) -> tuple[list[Token], MutableMapping[str, Any]]:
    """The tokens of a text as every format prints it, and the environment they were read in."""
    env: MutableMapping[str, Any] = {}
    tokens = _reader().parse(visible(text), env)
    _set(tokens)
    _lower(tokens, below)
    return tokens, env


def parsed_inline(text: str) -> tuple[list[Token], MutableMapping[str, Any]]:
    """The same for one sentence: a single token, whose children it is made of."""
    env: MutableMapping[str, Any] = {}
    tokens = _reader().parseInline(visible(text), env)
    _set(tokens)
    return tokens, env


def _html(tokens: Sequence[Token], env: MutableMapping[str, Any]) -> str:
    reader = _reader()
    return str(reader.renderer.render(tokens, reader.options, env))


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    # The linter knows these as methods; the library means them to be replaced.
    reader.validateLink = _allowed  # type: ignore[method-assign]
    reader.add_render_rule("image", _image)
    reader.add_render_rule("th_open", _column_header)
    return reader


def _allowed(url: str) -> bool:
    return _LINK.match(url) is not None


def _image(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    return escape(f"![{token.content}]({token.attrs.get('src', '')})")


def _column_header(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    tokens[index].attrSet("scope", "col")
    return str(renderer.renderToken(tokens, index, options, env))


def _set(tokens: Sequence[Token]) -> None:
    """What a typesetter mends, in running text alone: code and addresses stay."""
    for token in tokens:
        _set(token.children or ())
        if token.type == "text":
            token.content = mended(token.content)


def _lower(tokens: Sequence[Token], below: int) -> None:
    """Move headings to the level after `below`, without a gap, so that the outline stays whole."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    used = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(_DEEPEST, below + 1 + used.index(token.tag))}"
