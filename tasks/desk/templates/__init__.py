"""Templates and assets of the review desk."""
