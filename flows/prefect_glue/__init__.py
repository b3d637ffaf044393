"""What is peculiar to Prefect: artifacts, events, deployments, quiet start."""
