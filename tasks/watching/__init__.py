"""When a share has changed, and which units the change is about."""
