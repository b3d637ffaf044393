"""The command iid, one file a command."""
