"""A page in headless Chromium: what it says of itself there, in either colour scheme.

Tests ask for `browser`: this file's functions (`browser.asked`, `browser.axe`).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SCHEMES = {"dark": 0, "light": 1}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
ANSWER = re.compile(r'<pre id="answer">(.*?)</pre>', re.DOTALL)


@pytest.fixture
def browser() -> ModuleType:
    """The functions of this file."""
    return sys.modules[__name__]


def chromium() -> str:
    """Where the browser is; the test is skipped where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed: apt install chromium")
    return found


def axe() -> str:
    """The source of axe-core, the engine of accessibility tests."""
    spec = find_spec("axe_core_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-core-python is not installed: pip install 'reportgen[dev]'")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def asked(page: str, question: str, folder: Path, scheme: str = "light", width: int = 1000) -> Any:
    """What a JavaScript expression (or promise) is on a page: plain data.

    The page's policy forbids every script, so it is taken out here; `test_html` sees that it is in.
    """
    script = (
        f"Promise.resolve().then(() => ({question})).then(JSON.stringify, String).then(text => "
        "{ const pre = document.createElement('pre'); pre.id = 'answer'; pre.textContent = text;"
        " document.body.appendChild(pre) })"
    )
    file = folder / "page.html"
    asking = POLICY.sub("", page).replace("</body>", f"<script>{script}</script></body>")
    file.write_text(asking, encoding="utf-8")
    command = [
        chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={width},1000",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
        "--virtual-time-budget=60000", "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    answer = ANSWER.search(done.stdout)
    assert answer is not None, f"the browser gave no answer: {done.stderr[-400:]}"
    return json.loads(unescape(answer[1]))
