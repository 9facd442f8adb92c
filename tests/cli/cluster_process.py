"""A Dask cluster of processes for the tests: a scheduler and workers, forked from this one.

Whoever starts it reads the scheduler's process and address. For each line that it is given it hires
one more worker, and tells its address; once there are no more lines it ends them all.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress

import pandas  # noqa: F401 - so that no worker has to load it
import scipy.linalg  # noqa: F401
from distributed import Scheduler, Worker

import reportgen.run.queues.remote  # noqa: F401


async def scheduler(ready) -> None:
    """Serves until it is killed."""
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address=None, dashboard=False) as own:
        ready(own.address)
        await own.finished()


async def worker(ready, address) -> None:
    """Works until it is killed."""
    async with Worker(address, nthreads=1, host="127.0.0.1", dashboard=False) as own:
        ready(own.address)
        await own.finished()


def forked(role, *arguments) -> tuple[int, str]:
    """The process that has taken a role, and its address."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(0)
        asyncio.run(role(lambda address: os.write(write, address.encode() + b"\n"), *arguments))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as line:
        return process, line.readline().strip()


def main() -> None:
    first, address = forked(scheduler)
    print(first, address, flush=True)
    processes = [first]
    for _ in sys.stdin:
        process, own = forked(worker, address)
        processes.append(process)
        print(own, flush=True)
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


main()
