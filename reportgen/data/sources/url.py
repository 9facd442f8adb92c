"""A file on the web: fetched once, only when asked with `--allow-download`, and only if it is
the very file whose SHA-256 the spec names.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.limits import most, raising
from reportgen.core.options import option
from reportgen.data.formats import kind_of

SECONDS = 60
CHUNK = 1 << 20


class Url:
    """A file on the web, held to its digest."""

    @dataclass(frozen=True, kw_only=True)
    class Options:
        """Keys of a `source` that is fetched."""

        url: str = option(doc="Where the file is: `https://…`, its format told by its ending.")
        sha256: str = option(
            doc="The SHA-256 of the file, in hexadecimal; another file is refused."
        )

    def files(self, options: Options, reach: Reach) -> tuple[Path, ...]:
        """The file, fetched if it is not there yet."""
        return (_kept(options, reach),)

    def columns(self, options: Options, reach: Reach) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(_of_file(options, reach, "columns"))

    def read(self, options: Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns, as the file's format gives them."""
        loaded: Loaded = _of_file(options, reach, "read", columns)
        return loaded


def _of_file(options: Url.Options, reach: Reach, what: str, *rest: Any) -> Any:
    """What the source of this format says of the file that was kept."""
    from reportgen.data import SOURCES

    path = _kept(options, reach)
    source = SOURCES.load(kind_of(path.name) or "csv")
    return getattr(source, what)(source.Options(path=path.name), Reach((path.parent,)), *rest)


def _kept(options: Url.Options, reach: Reach) -> Path:
    wanted = options.sha256.lower()
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise _wrong("sha256", "`sha256` has 64 hexadecimal digits", "sha256")
    parts = urlsplit(options.url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise _wrong("url", "`url` begins with `https://`", "url")
    if reach.downloads is None:
        raise _wrong("download", "this command keeps no downloads", "url")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", unquote(parts.path).rsplit("/", 1)[-1]).lstrip(".")
    path = reach.downloads / wanted[:16] / (name or "data.csv")
    if path.is_file() and _digest(path.read_bytes()) == wanted:
        return path
    if not reach.fetch:
        raise _wrong(
            "download", "the file has not been downloaded yet, and nothing is downloaded unasked",
            "url", "build with --allow-download",
        )  # fmt: skip
    content = _fetched(options.url)
    if _digest(content) != wanted:
        raise _wrong(
            "sha256", f"the file at this address has SHA-256 {_digest(content)}", "sha256",
            "it is not the file the spec was written for; look at it before you change the spec",
        )  # fmt: skip
    _keep(path, content)
    return path


class _Still(HTTPRedirectHandler):
    """Follows no redirection: the address in the spec is the one that is asked."""

    def redirect_request(self, *_: Any) -> None:
        """None: the redirection is an error."""


def _fetched(url: str) -> bytes:
    request = Request(url, headers={"User-Agent": "reportgen"})
    try:
        with build_opener(_Still).open(request, timeout=SECONDS) as answer:
            content: bytes = answer.read(most("bytes") + 1)
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise _wrong("download", f"the file could not be downloaded: {reason}", "url") from error
    if len(content) > most("bytes"):
        message = f"the file is larger than {most('bytes'):,} bytes"
        raise _wrong("too-large", message, "url", raising("bytes"))
    return content


def _keep(path: Path, content: bytes) -> None:
    """Written beside its place and moved there, so that a broken download is never found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, staging = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(staging, path)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _wrong(code: str, message: str, key: str, help: str = "") -> DataError:
    return DataError(Problem(code, message, (key,), help=help))
