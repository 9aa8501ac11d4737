"""Word vectors in use: the store, the queries, clusters."""
