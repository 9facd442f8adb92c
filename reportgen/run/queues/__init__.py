"""Where the work of builds is done: in this process, in processes forked from it, on a cluster."""
