"""The site and the result workbook of a run."""
