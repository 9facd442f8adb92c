"""Where the plan meets the world: files, processes, clock."""
