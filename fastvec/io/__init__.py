"""Vector files of every kind: found out, read and written."""
