"""Due times and the published report over HTTP."""
