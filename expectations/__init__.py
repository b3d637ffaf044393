"""What a cycle demands: rulebooks, findings and expectation suites. Knows no drive, store or Prefect."""
