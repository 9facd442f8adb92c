"""Files on the web: only when asked, only the very file, kept, and never through a redirection."""

from __future__ import annotations

import hashlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.data.sources import url
from reportgen.data.sources.url import Url

CONTENT = b"a,b\n1,2\n3,4\n"
SHA = hashlib.sha256(CONTENT).hexdigest()
OPTIONS = Url.Options(url="https://example.org/data/trial.csv?x=1", sha256=SHA)


@pytest.fixture
def asked(monkeypatch):
    """The addresses that were asked; each answers with the same file."""
    found = []

    def fetched(address):
        found.append(address)
        return CONTENT

    monkeypatch.setattr(url, "_fetched", fetched)
    return found


def test_nothing_is_fetched_unasked(tmp_path, asked):
    """Without --allow-download the address is not touched."""
    with pytest.raises(DataError, match="unasked"):
        Url().files(OPTIONS, Reach((), tmp_path))
    assert asked == []


def test_it_is_fetched_once_and_kept(tmp_path, asked):
    """The second build reads what the first one kept, and needs no permission."""
    loaded = Url().read(OPTIONS, Reach((), tmp_path, fetch=True), ())
    assert loaded.table["b"].tolist() == [2, 4]
    assert Url().columns(OPTIONS, Reach((), tmp_path)) == ("a", "b")
    assert asked == ["https://example.org/data/trial.csv?x=1"]


def test_another_file_is_refused_and_not_kept(tmp_path, asked):
    """A file with another digest is an error that shows its digest."""
    wrong = Url.Options(url=OPTIONS.url, sha256="0" * 64)
    with pytest.raises(DataError, match=SHA):
        Url().files(wrong, Reach((), tmp_path, fetch=True))
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_kept_file_that_was_tampered_with_is_not_read(tmp_path, asked):
    """What lies in the cache is held to the digest at every use."""
    (path,) = Url().files(OPTIONS, Reach((), tmp_path, fetch=True))
    path.write_bytes(b"a,b\n9,9\n")
    with pytest.raises(DataError, match="unasked"):
        Url().files(OPTIONS, Reach((), tmp_path))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/x.csv", "x.csv"])
def test_only_the_web_is_the_web(address, tmp_path, asked):
    """Other schemes are refused before anything is opened."""
    with pytest.raises(DataError, match="https://"):
        Url().files(Url.Options(url=address, sha256=SHA), Reach((), tmp_path, fetch=True))


def test_a_redirection_is_not_followed(tmp_path, monkeypatch):
    """The address of the spec is the one that is asked, wherever its answer points."""
    seen = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(302 if self.path == "/trial.csv" else 200)
            self.send_header("Location", "/other.csv")
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_):
            """Nothing: the test looks at what was asked."""

    monkeypatch.setenv("no_proxy", "*")
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/trial.csv"
        with pytest.raises(DataError, match="could not be downloaded"):
            Url().files(Url.Options(url=address, sha256=SHA), Reach((), tmp_path, fetch=True))
        server.shutdown()
    assert seen == ["/trial.csv"]
