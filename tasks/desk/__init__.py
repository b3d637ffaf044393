"""The review desk: what a steward sees and decides in the browser (contract 9)."""
