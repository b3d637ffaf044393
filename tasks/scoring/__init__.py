"""From claims to the index. Pure: no clock, no I/O, no Prefect."""
