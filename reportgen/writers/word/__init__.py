"""A Word document out of the parts of a report. Loaded only when one is written: python-docx is."""
