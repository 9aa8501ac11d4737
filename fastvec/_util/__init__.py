"""Tools that know nothing of words or vectors: options, files, threads, progress, the machine."""
