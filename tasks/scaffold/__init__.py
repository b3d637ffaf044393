"""The empty share that units fill: folders, workbooks with dropdowns, instructions."""
