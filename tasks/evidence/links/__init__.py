"""Links of evidence: what kind of place they lead to, and, where asked for, whether they open."""
