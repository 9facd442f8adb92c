"""What WeasyPrint says while it works, kept off the terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@contextmanager
def listening() -> Iterator[list[str]]:
    """The errors of the library during a `with` block: what it could not load, link or show.

    Its warnings are about our own style sheets; a test holds that there are none.
    """
    logger = logging.getLogger("weasyprint")
    keeper, propagate = _Keeper(), logger.propagate
    logger.addHandler(keeper)
    logger.propagate = False
    try:
        yield keeper.texts
    finally:
        logger.removeHandler(keeper)
        logger.propagate = propagate
