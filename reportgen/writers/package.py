"""Files that are archives (Word, Excel): the same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reportgen.core.document import Document

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that an archive can name."""


def moment(document: Document) -> datetime:
    """When the document says it was made, in UTC without a zone, as such files want it."""
    return datetime.fromisoformat(document.build.created).replace(tzinfo=None)


def sealed(archive: bytes, changed: Mapping[str, Callable[[bytes], bytes]] | None = None) -> bytes:
    """The archive with its members in their order, and no clock in it.

    `changed` says by a member's name what becomes of it.
    """
    out = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = (changed or {}).get(name)
            content = old.read(name)
            member = ZipInfo(name, EPOCH)
            member.compress_type = ZIP_DEFLATED
            new.writestr(member, change(content) if change else content)
    return out.getvalue()
