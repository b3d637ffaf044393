"""Settings: models, load, targets, checks, messages."""
