"""Claims to index. Pure: no clock, no I/O, no Prefect."""
