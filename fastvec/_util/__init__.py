"""Small tools without a subject of their own: files, threads, progress, matrices, the machine."""
