"""The documentation says what the code does."""

import importlib.util
import re

import pytest
import yaml

from reportgen.cli import main


def generator(root):
    spec = importlib.util.spec_from_file_location("generate", root / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_says(root):
    """docs/reference.md is made from the code: `make docs` renews it."""
    made = generator(root).page()
    assert (root / "docs" / "reference.md").read_text(encoding="utf-8") == made


@pytest.mark.parametrize("page", ["README.md", "docs/language.md"])
def test_every_example_is_yaml(root, page):
    """Examples in the documentation can be copied."""
    text = (root / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        assert yaml.safe_load(block)


def test_the_whole_report_of_the_language_page_is_right(root, tmp_path):
    """The first example of the language page validates as it stands."""
    text = (root / "docs" / "language.md").read_text(encoding="utf-8")
    spec = tmp_path / "people.yaml"
    spec.write_text(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[0], encoding="utf-8")
    assert main(["validate", str(spec)]) == 0


def test_no_link_of_the_documentation_is_dead(root):
    """Relative links lead to files of this repository."""
    for page in [root / "README.md", *(root / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"
