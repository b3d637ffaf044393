"""Great Expectations suites built from a rulebook."""
