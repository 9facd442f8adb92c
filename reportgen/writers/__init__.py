"""Document in, bytes out: the only wing that knows Jinja and WeasyPrint. Its register: formats."""

from reportgen.core.registry import Registry

WRITERS = Registry(
    "reportgen.writers",
    "format",
    {
        "html": "reportgen.writers.html:Html",
        "pdf": "reportgen.writers.pdf:Pdf",
        "docx": "reportgen.writers.docx:Docx",
        "xlsx": "reportgen.writers.xlsx:Xlsx",
        "markdown": "reportgen.writers.pandoc:Markdown",
        "latex": "reportgen.writers.latex:Latex",
        "json": "reportgen.writers.json:Json",
        "png": "reportgen.writers.png:Png",
    },
)
