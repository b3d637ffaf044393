"""What a cycle demands: rulebooks, findings, suites. No store, no Prefect."""
