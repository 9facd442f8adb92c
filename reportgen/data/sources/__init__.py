"""The sources, one kind of file each."""
