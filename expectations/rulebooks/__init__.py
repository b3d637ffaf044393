"""Shipped rulebooks, one YAML file a cycle."""
