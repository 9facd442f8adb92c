"""Run a command, and print what it took as a line of JSON: `launch.py LIMIT COMMAND …`.

LIMIT is how many CPU seconds it may take, 0 for as many as it needs; beyond them it is killed.

A process counts the memory of the one it was forked from as its own until it runs its program, so
whoever measures memory must be small: this needs nothing but the standard library.
"""

import json
import os
import resource
import sys
import time

limit, command = int(sys.argv[1]), sys.argv[2:]
if limit:
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ)
_, status, used = os.wait4(child, 0)
took = {
    "wall": time.perf_counter() - start,
    "cpu": used.ru_utime + used.ru_stime,
    "peak": used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3),
}
print(f"\n{json.dumps(took)}", flush=True)
sys.exit(os.waitstatus_to_exitcode(status))
