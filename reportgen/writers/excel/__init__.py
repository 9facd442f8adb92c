"""A workbook out of the tables of a report. Loaded only when one is written: openpyxl is."""
