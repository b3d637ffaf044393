"""The decisions of data stewards."""
