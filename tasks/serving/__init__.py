"""What ``iid serve`` knows: when the nightly run is due, and how the published report is shown."""
