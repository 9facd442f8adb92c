"""Results in, tables and figures as data out. The registers of this wing: tables and plots."""

from reportgen.core.registry import Registry

TABLES = Registry(
    "reportgen.tables",
    "table",
    {
        name: f"reportgen.blocks.tables.{name}:{name.capitalize()}"
        for name in (
            "sample", "describe", "icc", "compare", "model", "variance", "ranef", "tests", "fit",
            "notes", "imputation",
        )
    },
)  # fmt: skip

PLOTS = Registry(
    "reportgen.plots",
    "plot",
    {
        name: f"reportgen.blocks.plots.{name}:{name.capitalize()}"
        for name in ("icc", "forest", "caterpillar", "slopes", "residuals")
    },
)
