"""Files: the formats of vectors, the container of fastvec's own files, and compression."""
