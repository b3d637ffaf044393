"""iid serve and iid watch."""
