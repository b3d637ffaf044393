"""What is particular to Prefect: artifacts, events, deployments."""
