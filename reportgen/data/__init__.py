"""Files in, Frame out. The registers of this wing: sources by file ending, recodes by verb."""

from reportgen.core.registry import Registry

SOURCES = Registry(
    "reportgen.sources",
    "source",
    {
        "csv": "reportgen.data.sources.csv:Csv",
        "parquet": "reportgen.data.sources.parquet:Parquet",
        "feather": "reportgen.data.sources.feather:Feather",
        "excel": "reportgen.data.sources.excel:Excel",
        "sas": "reportgen.data.sources.sas:Sas",
        "stata": "reportgen.data.sources.stata:Stata",
        "spss": "reportgen.data.sources.spss:Spss",
        "sql": "reportgen.data.sources.sql:Sql",
        "url": "reportgen.data.sources.url:Url",
        "package": "reportgen.data.sources.package:Package",
    },
)

RECODES = Registry(
    "reportgen.recodes",
    "recode",
    {
        "expr": "reportgen.data.recodes.expr:Expr",
        "map": "reportgen.data.recodes.map:Map",
        "cut": "reportgen.data.recodes.cut:Cut",
        "center": "reportgen.data.recodes.center:Center",
        "standardize": "reportgen.data.recodes.standardize:Standardize",
        "mean": "reportgen.data.recodes.mean:Mean",
        "scale": "reportgen.data.recodes.scale:Scale",
        "combine": "reportgen.data.recodes.combine:Combine",
        "draw": "reportgen.data.recodes.draw:Draw",
    },
)
