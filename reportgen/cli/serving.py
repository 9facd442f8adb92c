"""A report in the browser of this machine, shown anew after each build.

The report itself holds no script and is served as it was written; a page around it listens. Only
the loopback interface is served, and only to who asks for it by its own name.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOOPBACK = "127.0.0.1"
TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".csv": "text/csv",
         ".svg": "image/svg+xml", ".pdf": "application/pdf", ".png": "image/png"}  # fmt: skip
PAGE = b"PAGE"
AROUND = b"""<!doctype html><meta charset="utf-8"><title>reportgen watch</title>
<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>
<iframe id="report" src="/PAGE" title="The report"></iframe>
<script>
new EventSource("/events").onmessage = () =>
  document.getElementById("report").contentWindow.location.reload();
</script>
"""


class Server:
    """Serves the files of one folder until it is closed."""

    def __init__(self, folder: Path, page: str, port: int = 0) -> None:
        self._changed, self._builds, self._open = threading.Condition(), 0, True
        self._server = ThreadingHTTPServer(
            (LOOPBACK, port), _handler(self, folder, AROUND.replace(PAGE, page.encode()))
        )
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.address = f"http://{LOOPBACK}:{self.port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def tell(self) -> None:
        """Every page that is open shows the report anew."""
        with self._changed:
            self._builds += 1
            self._changed.notify_all()

    def next(self, seen: int) -> int | None:
        """Wait for a build after the one `seen`; its number, or None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._builds > seen or not self._open)
            return self._builds if self._open else None

    @property
    def builds(self) -> int:
        """How many builds there were."""
        return self._builds

    def close(self) -> None:
        """Stop serving."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()


def _handler(server: Server, folder: Path, around: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """GET of the page around the report, of its files, and of news."""

        def do_GET(self) -> None:
            names = (f"{LOOPBACK}:{server.port}", f"localhost:{server.port}")
            path = unquote(urlsplit(self.path).path)
            if self.headers.get("Host") not in names:
                self.send_error(403)  # a page elsewhere whose name was pointed at this machine
            elif path == "/":
                self._send(around, TYPES[".html"])
            elif path == "/events":
                self._news()
            else:
                self._file(path)

        def _file(self, path: str) -> None:
            root = folder.resolve()
            file = (root / path.lstrip("/")).resolve()
            if not file.is_relative_to(root) or file.suffix not in TYPES or not file.is_file():
                self.send_error(404)
                return
            self._send(file.read_bytes(), TYPES[file.suffix])

        def _send(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def _news(self) -> None:
            seen: int | None = server.builds
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            while (seen := server.next(seen or 0)) is not None:
                try:
                    self.wfile.write(b"data: built\n\n")
                    self.wfile.flush()
                except OSError:
                    return  # the page was closed

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the terminal belongs to the builds."""

    return Handler
