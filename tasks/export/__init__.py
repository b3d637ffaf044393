"""What the region enters in the ministry's application: forms, evidence, and a rehearsal of sending."""
