"""The empty share that units fill."""
