"""The store: put, get, lease, publish, history, retention."""
