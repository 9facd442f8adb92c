"""The way to a Dask cluster: whether somebody is there, and computes as this process does."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from reportgen.core.errors import DocumentError, Problem, UsageError
from reportgen.run.likeness import differences, likeness

if TYPE_CHECKING:
    from distributed import Client

ANSWER, WORKERS = 10.0, 60.0
"""Seconds that the scheduler has to answer, and to have any worker."""
PAUSE = 0.1
LOGS = ("distributed", "tornado", "asyncio")
SHOWN = 3
"""So many differences of a worker are told."""


def installed() -> None:
    """UsageError where Dask is not."""
    if find_spec("distributed") is None:
        message = "`--scheduler` needs Dask, which is not installed"
        raise UsageError(Problem("no-dask", message, help="pip install 'reportgen[dask]'"))


@contextmanager
def quiet() -> Iterator[None]:
    """What Dask tells its logs is not told to whoever builds a report."""
    import distributed  # noqa: F401 - its loggers are made, and their levels set

    known = logging.root.manager.loggerDict
    loggers = [logging.getLogger(name) for name in known if name.split(".")[0] in LOGS]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)


@contextmanager
def unwarned() -> Iterator[None]:
    """Dask's warnings are about what is checked here anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def connected(address: str) -> Client:
    """A client of the scheduler, every worker of which has proved to be like this process.

    UsageError where nobody answers, where no worker comes, or where one is different.
    """
    from distributed import Client

    try:
        asyncio.run(_knock(address))
        with unwarned():
            client = Client(address, timeout=ANSWER, set_as_default=False, name="reportgen")
    except Exception as error:  # of the network, of TLS, of an address that is none
        said = str(error) or type(error).__name__
        message = f"no Dask scheduler answers at `{address}`: {said.splitlines()[0]}"
        help_ = "start one with `dask scheduler`, and workers with `dask worker ADDRESS`"
        raise UsageError(Problem("no-scheduler", message, help=help_)) from error
    try:
        _manned(client, address)
        for worker, found in client.run(likeness, on_error="return").items():
            alike(found, f"the worker at `{worker}`")
    except BaseException:
        client.close(timeout=ANSWER)
        raise
    return client


async def _knock(address: str) -> None:
    """See whether somebody answers: a Client whom nobody answers cannot be got rid of."""
    from distributed.comm import connect
    from distributed.security import Security

    line = await connect(address, timeout=ANSWER, **Security().get_connection_args("client"))
    await line.close()


def _manned(client: Client, address: str) -> None:
    """Wait for a worker; a cluster that grows on demand has none before it has something to do."""
    first, end = client.submit(likeness, pure=False), monotonic() + WORKERS
    while not client.nthreads():
        if monotonic() > end:
            raise nobody(address)
        sleep(PAUSE)
    first.release()


def nobody(address: str) -> UsageError:
    """The error where there is a scheduler that has no workers."""
    message = f"the cluster at `{address}` had no worker for {WORKERS:.0f} seconds"
    return UsageError(Problem("no-workers", message, help=f"start some: `dask worker {address}`"))


def gone(address: str) -> DocumentError:
    """The error where a scheduler no longer answers."""
    message = f"the cluster at `{address}` is gone; the previous report is as it was"
    return DocumentError(Problem("cluster-lost", message))


def alike(found: Any, worker: str) -> None:
    """UsageError for a worker that does not compute as this process does.

    `found` is what it says of itself, or the exception that this ended in; `worker` is what it is
    called.
    """
    if isinstance(found, ImportError):
        message = f"{worker} has no reportgen like this one: {found}"
        help_ = "install the same versions there as here"
        raise UsageError(Problem("worker-differs", message, help=help_))
    if isinstance(found, Exception):
        raise found
    assert isinstance(found, Mapping)
    differ = differences(likeness(), found)
    if differ:
        more = f", and {len(differ) - SHOWN} more" if len(differ) > SHOWN else ""
        told = "; ".join(differ[:SHOWN])
        message = f"{worker} would not give the same digits: it has {told}{more}"
        help_ = "results must not depend on who computes them: have the same versions there as here"
        if any("_THREADS" in each for each in differ):
            help_ = "start workers with a nanny, as `dask worker` does, or with one BLAS thread"
        elif differ[0].startswith("arithmetic"):
            help_ = "its processor is of another kind: build on a machine like the workers"
        raise UsageError(Problem("worker-differs", message, help=help_))
