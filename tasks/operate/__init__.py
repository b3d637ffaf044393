"""Run the product day by day: health, watch, serve, notify."""
