"""Notifications: occasions, channels, contacts, what was sent."""
