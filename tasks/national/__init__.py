"""The nation: every published region of a store, ranked by cluster, with the nominees of each category."""
