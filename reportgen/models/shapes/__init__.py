"""How numbers are distributed: what plots of a column, or of a fit's residuals, are drawn from.

    columns.py     a column by groups        histogram.py  box.py  quantiles.py

Heavy: imported where there are rows.
"""
