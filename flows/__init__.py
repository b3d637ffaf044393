"""Order, retries, settings and the command line. A flow is a page and holds no arithmetic."""
