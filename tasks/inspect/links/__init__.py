"""Links of evidence: the kind of host and, on request, whether they open."""
