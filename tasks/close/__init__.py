"""Close a cycle: late files, kept evidence, approval, reopening."""
