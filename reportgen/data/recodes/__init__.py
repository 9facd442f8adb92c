"""The recodes, one verb a file."""
