"""Libraries that only some formats need: whether they are here, and how to get them."""

from __future__ import annotations

from importlib.util import find_spec

from reportgen.core.errors import DocumentError, Problem


def require(names: tuple[str, ...], extra: str, what: str) -> None:
    """DocumentError that says what to install, where one of the packages `names` is missing."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        message = f"{what} needs {', '.join(missing)}, which is not installed"
        help_ = f"pip install 'reportgen[{extra}]'"
        raise DocumentError(Problem("missing-extra", message, help=help_))
