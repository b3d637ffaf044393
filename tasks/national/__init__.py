"""All published regions of a store, ranked by cluster."""
