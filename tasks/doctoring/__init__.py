"""What is well and what is missing on an installation, and how fresh what was published is."""
