"""What a report in PDF has inside: read back, bounded, and checked to belong together.

The file is a stranger's. Nothing of it is trusted: names become files only beneath one private
folder, what is read is bounded in size, and what does not fit together is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, get_args

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import Engine
from reportgen.core.types import Scalar
from reportgen.plan.source import MOST_BYTES as MOST_OF_A_SPEC
from reportgen.writers.extras import require
from reportgen.writers.pages.own import ENDING
from reportgen.writers.paper.attached import BUILD, RESULTS
from reportgen.writers.pdf import identifier

MOST_BYTES = 200_000_000
MOST_FILES = 1_000
MOST_OF_A_LOOK = 1_000_000
"""Bytes of a logo, a template, a style sheet."""
OURS = "only a PDF that reportgen wrote has its spec and results inside"


@dataclass(frozen=True)
class Inside:
    """A report as it was written: the PDF, and the files in it by their names.

    `spec` is the name of the spec among them, `included` those that it includes, `looks` those
    that decide how it looks: a logo, a theme, templates. `engine` is the one that the command line
    gave to all models.
    """

    pdf: bytes
    files: Mapping[str, bytes]
    spec: str
    included: tuple[str, ...]
    params: Mapping[str, Scalar]
    results: Mapping[str, Any]
    looks: tuple[str, ...] = ()
    engine: str | None = None

    @property
    def templates(self) -> tuple[str, ...]:
        """Those of the files that are templates: what its pages say is decided by them, too."""
        return tuple(name for name in self.looks if name.endswith(ENDING))

    @property
    def created(self) -> str:
        """When it was made."""
        return str(self.results["build"]["created"])

    @property
    def git(self) -> str | None:
        """The commit that it was made at."""
        commit = self.results["build"]["git"]
        return None if commit is None else str(commit)

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """The spec with what it includes and what decides its look, in a folder that is gone
        afterwards; its path.
        """
        with TemporaryDirectory(prefix="reportgen-") as folder:
            for name in (self.spec, *self.included, *self.looks):
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.files[name])
            yield Path(folder, self.spec)


def inside(path: Path) -> Inside:
    """What the report has inside. DataError where it is no report, or not whole any more."""
    require(("pypdf",), "verify", "`verify`")
    content = _read(path)
    files, named = _attachments(content, path)
    if RESULTS not in files or BUILD not in files:
        raise _wrong("not-a-report", f"`{path}` has no spec and results inside", OURS)
    results, build = (_json(files[name], name, path) for name in (RESULTS, BUILD))
    try:
        spec, included = str(build["spec"]), tuple(str(name) for name in build["included"])
        looks = _looks(build.get("looks", {}), files, path)
        found = Inside(
            content, files, spec, included, _params(build["params"]), results, looks,
            _engine(build.get("engine")),
        )  # fmt: skip
        _checked(found, named, path)
    except (KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
        raise _tampered(path, "what is inside is not what reportgen writes") from error
    return found


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _wrong("too-large", f"`{path}` is larger than {MOST_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise _wrong("no-report", f"`{path}` cannot be read: {error.strerror}") from error
    if not content.startswith(b"%PDF-"):
        raise _wrong("not-a-report", f"`{path}` is not a PDF", OURS)
    return content


def _attachments(content: bytes, path: Path) -> tuple[dict[str, bytes], bytes]:
    """The files in a PDF by name, and its permanent identifier."""
    import pypdf

    try:
        reader = pypdf.PdfReader(BytesIO(content))
        named = reader.trailer["/ID"][0].get_object()  # type: ignore[index]
        names = list(reader.attachments)
        files = {name: reader.attachments[name][0] for name in names[: MOST_FILES + 1]}
    except Exception as error:
        # A broken or hostile PDF makes the library raise anything at all.
        raise _wrong("not-a-report", f"`{path}` cannot be read as a PDF", OURS) from error
    if len(names) > MOST_FILES:
        raise _wrong("too-large", f"`{path}` has more than {MOST_FILES:,} files inside")
    return files, getattr(named, "original_bytes", b"")


def _json(content: bytes, name: str, path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _tampered(path, f"`{name}` in it cannot be read") from error
    kind = str(data.get("schema", "")) if isinstance(data, dict) else ""
    if not kind.startswith(("reportgen/results/", "reportgen/build/")):
        raise _wrong("not-a-report", f"`{name}` in `{path}` is not what reportgen writes", OURS)
    record: Mapping[str, Any] = data
    return record


def _params(data: Any) -> Mapping[str, Scalar]:
    if not isinstance(data, dict) or any(isinstance(each, (dict, list)) for each in data.values()):
        raise ValueError("parameters are names with one value each")
    return data


def _engine(data: Any) -> str | None:
    if data is not None and data not in get_args(Engine):
        raise ValueError("an engine, or none")
    return None if data is None else str(data)


def _looks(digests: Any, files: Mapping[str, bytes], path: Path) -> tuple[str, ...]:
    """The files that decide how a report looks, as they were when it was written."""
    if not isinstance(digests, dict) or len(digests) > MOST_FILES:
        raise ValueError("a mapping of names and digests")
    for name, known in digests.items():
        if name not in files:
            raise _tampered(path, f"`{name}` is missing in it")
        if not _plain(name) or len(files[name]) > MOST_OF_A_LOOK:
            raise ValueError(name)
        if hashlib.sha256(files[name]).hexdigest() != known:
            raise _tampered(path, f"`{name}` in it is not the one that it was written with")
    return tuple(digests)


def _checked(found: Inside, named: bytes, path: Path) -> None:
    """DataError where the parts do not belong together; ValueError where they have no place."""
    texts = []
    for name in (found.spec, *found.included):
        if name not in found.files:
            raise _tampered(path, f"`{name}` is missing in it")
        if not _plain(name) or len(found.files[name]) > MOST_OF_A_SPEC:
            raise ValueError(name)
        texts.append(found.files[name].decode())
    datetime.fromisoformat(found.created)
    digest = hashlib.sha256("".join(texts).encode()).hexdigest()
    if digest != found.results["build"]["spec_sha256"]:
        raise _tampered(path, "the spec in it is not the one that its results are of")
    if named != identifier(found.files[RESULTS]):
        raise _tampered(path, "the results in it are not those that it was written with")
    if found.git is not None and not found.git.isalnum():
        raise ValueError("a commit is named by letters and digits")


def _plain(name: str) -> bool:
    """Whether a name leads to a file beneath the folder it is put in."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and name.isprintable()
        and not PurePosixPath(name).is_absolute()
        and not any(part in ("..", ".") or part.startswith("~") for part in parts)
        and not set(name) & set('\\:*?"<>|')
    )


def _tampered(path: Path, reason: str) -> DataError:
    return _wrong("tampered", f"`{path}` has been changed: {reason}", "ask for the report anew")


def _wrong(code: str, message: str, help_: str = "") -> DataError:
    return DataError(Problem(code, message, help=help_))
