"""Results in, tables and figures as data out. The registers of this wing: tables and plots."""

from reportgen.core.registry import Registry

TABLES = Registry(
    "reportgen.tables",
    "table",
    {
        name: f"reportgen.blocks.tables.{name}:{name.capitalize()}"
        for name in (
            "sample", "describe", "icc", "compare", "model", "variance", "ranef", "tests", "fit",
            "notes", "contrasts", "predictions", "clustering", "imputation", "missing",
        )
    } | {
        "working_correlation":
            "reportgen.blocks.tables.working_correlation:WorkingCorrelations",
    },
)  # fmt: skip

PLOTS = Registry(
    "reportgen.plots",
    "plot",
    {
        name: f"reportgen.blocks.plots.{name}:{name.capitalize()}"
        for name in (
            "icc",
            "forest",
            "caterpillar",
            "slopes",
            "effects",
            "residuals",
            "missing",
            "qq",
            "calibration",
            "roc",
            "histogram",
            "box",
        )
    },
)
