// An empty module: the floor of the import times.
