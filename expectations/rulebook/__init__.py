"""The rules of one cycle: models, strict YAML, checks, and messages."""
