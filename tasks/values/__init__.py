"""Values that travel between rooms: tables, assessment, region, errors."""
