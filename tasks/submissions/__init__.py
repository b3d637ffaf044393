"""From folders and workbooks to the long tables."""
