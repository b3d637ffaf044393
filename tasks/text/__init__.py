"""Indonesian text: numbers, dates, zones, labels, errors, terminal lines."""
