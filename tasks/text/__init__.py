"""Indonesian text: numbers, dates, zones, labels, system errors, terminal lines."""
