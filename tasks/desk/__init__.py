"""The review desk: what stewards see and decide (contract 9)."""
