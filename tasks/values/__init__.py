"""Values that travel between rooms: tables, the assessment, the region, errors."""
