"""The only things a page on paper can load: `data:` addresses and what it is given by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, unquote

from reportgen.core.dataclass import dataclass

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse

_SCHEME = "reportgen:"


@dataclass(frozen=True)
class Asset:
    """Bytes that belong to the document, and their MIME type."""

    data: bytes
    mime: str

    @staticmethod
    def url(name: str) -> str:
        """The address under which a page asks for the asset called `name`."""
        return _SCHEME + quote(name, safe="")


class Closed(Protocol):
    """A fetcher that remembers what it refused: inside an image a refusal goes unnoticed."""

    refused: list[str]

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The asset, or ValueError."""


def closed(assets: Mapping[str, Asset]) -> Closed:
    """A fetcher for WeasyPrint that knows `assets` and `data:`, and opens nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]  # the library is not typed
        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            asset = assets.get(unquote(url.removeprefix(_SCHEME)))
            if asset is None or not url.startswith(_SCHEME):
                self.refused.append(url)
                raise ValueError("not part of the report")
            return URLFetcherResponse(url, asset.data, {"Content-Type": asset.mime})

    return Fetcher()
