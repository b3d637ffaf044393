"""Facts by content hash, kept from run to run."""
