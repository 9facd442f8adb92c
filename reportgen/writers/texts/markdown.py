"""Prose: CommonMark and tables in, HTML out. Nothing in a text can become markup of its own."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from reportgen.core.document import Piece
from reportgen.core.typography import mended
from reportgen.writers.texts import unmarked
from reportgen.writers.texts.dollars import maths_at
from reportgen.writers.texts.footnotes import CALL, Notes, Taken, taken
from reportgen.writers.texts.formula import formula
from reportgen.writers.texts.mathematics import right
from reportgen.writers.texts.visible import typeset, visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
_DEEPEST = 6


def to_html(text: str, below: int = 1, notes: Notes | None = None) -> str:
    """A text as HTML blocks; its headings stand under a heading of level `below` (1 to 5).

    HTML in the text is shown as it was written, and so are images and links to anything but
    http, https, mailto and places of the report itself. Its footnotes go to `notes`.
    """
    plain = unmarked.paragraphs(visible(text))
    return _html(*parsed(text, below, notes)) if plain is None else plain


def inline(text: str) -> str:
    """One sentence as HTML: emphasis, links and code, but no paragraphs, lists or headings."""
    plain = unmarked.sentence(visible(text))
    return _html(*parsed_inline(text)) if plain is None else plain


def parsed(
    text: str, below: int = 1, notes: Notes | None = None
) -> tuple[list[Token], MutableMapping[str, Any]]:
    """The tokens of a text as every format prints it, and the environment they were read in.

    Mathematics is a token `math_inline` (`math_inline_double`: on a line of its own) whose content
    is its source; the call of a footnote is a token `footnote` whose content is its name, a key of
    `env["said"]`, which has what it says.
    """
    found = taken(visible(text)) if notes else Taken(visible(text), {})
    env: MutableMapping[str, Any] = {"notes": notes, "said": found.notes, "shown": {}}
    tokens = _reader().parse(found.text, env)
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


def equation(line: Sequence[Piece]) -> str:
    """A line of an equation as HTML: its pieces, between which it may be broken."""
    return " ".join(
        formula(piece.text) if piece.maths else escape(typeset(piece.text)) for piece in line
    )


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    # The linter knows these as methods; the library means them to be replaced.
    reader.validateLink = _allowed  # type: ignore[method-assign]
    reader.inline.ruler.before("escape", "maths", _maths)
    reader.inline.ruler.before("link", "footnote", _footnote)
    reader.add_render_rule("math_inline", _drawn)
    reader.add_render_rule("math_inline_double", _drawn)
    reader.add_render_rule("footnote", _called)
    reader.add_render_rule("image", _image)
    reader.add_render_rule("th_open", _column_header)
    return reader


def _allowed(url: str) -> bool:
    return _LINK.match(url) is not None


# ── mathematics and footnotes ────────────────────────────────────────────────────────────────


def _maths(state: Any, silent: bool) -> bool:
    """`$…$`: one token that holds the source."""
    found = maths_at(state.src, state.pos) if state.src[state.pos] == "$" else None
    if found is None or not right(found.source):
        return False
    if not silent:
        kind = "math_inline_double" if found.display else "math_inline"
        state.push(kind, "", 0).content = " ".join(found.source.split())
    state.pos = found.end
    return True


def _drawn(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return formula(tokens[index].content, tokens[index].type == "math_inline_double")


def _footnote(state: Any, silent: bool) -> bool:
    """`[^name]` of a footnote that the text has."""
    match = CALL.match(state.src, state.pos)
    if match is None or match[1] not in state.env.get("said", ()):
        return False
    if not silent:
        state.push("footnote", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _called(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """What stands at the place of a footnote; one that is called again is shown once."""
    name, shown = tokens[index].content, env["shown"]
    if name in shown:
        return str(env["notes"].again(shown[name]))
    shown[name], html = env["notes"].first(inline(env["said"][name]))
    return str(html)


# ── what Markdown would do otherwise ─────────────────────────────────────────────────────────


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
