"""The door: parse the command line, call one command, print, and give the exit code.

This is the only place where an error becomes a message.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from errno import ENOSPC
from typing import TextIO

from reportgen.cli import problems
from reportgen.cli.bounds import limits
from reportgen.cli.parser import parser
from reportgen.cli.terminal import tolerant
from reportgen.core.disclosure import showing
from reportgen.core.errors import DocumentError, Problem, ReportgenError
from reportgen.core.limits import raised

BLAS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
COLLECTED = 50_000
"""So many new objects, and Python looks for circles of them: a run makes many objects and few
circles, and at Python's own 700 the search takes a twentieth of the time.
"""
BUG = 70
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Results go to stdout, errors to stderr."""
    tolerant(sys.stdout, sys.stderr)
    _one_thread()
    gc.set_threshold(COLLECTED)
    format_ = "text"
    try:
        options = parser().parse_args(arguments)
        format_ = options.format
        values = getattr(options, "show_values", False)
        with raised(limits(getattr(options, "limit", []))), showing(values):
            code = int(options.run(options))
        if sys.stdout:
            sys.stdout.flush()
        return code
    except ReportgenError as error:
        return _told(error, format_)
    except KeyboardInterrupt:
        print("\ninterrupted; the previous report is as it was", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`reportgen show … | head`): that is no error.
        _silence(sys.stdout)
        return 0
    except (OSError, MemoryError) as error:
        return _told(_refused(error), format_)
    except Exception as error:
        return _bug(error)


def _one_thread() -> None:
    """Linear algebra by one thread unless the user says otherwise: the matrices are small, threads
    cost more than they bring, and the last digits are the same on every machine.
    """
    for name in BLAS:
        os.environ.setdefault(name, "1")


def _told(error: ReportgenError, format_: str) -> int:
    """The exit code of an error whose problems have been printed, if anything can be."""
    try:
        problems.show(error.problems, format_, sys.stderr)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)
    return error.exit_code


def _refused(error: OSError | MemoryError) -> ReportgenError:
    """What the machine did not give."""
    if os.environ.get("REPORTGEN_DEBUG"):
        raise error
    if isinstance(error, MemoryError):
        message, help_ = "there is not enough memory for this", "read fewer columns, or fewer rows"
        return DocumentError(Problem("memory", message, help=help_))
    where = f" (`{os.fsdecode(error.filename)}`)" if isinstance(error.filename, str) else ""
    if error.errno == ENOSPC:
        _silence(sys.stdout)  # it may be what is full, and is flushed once more at the end
    return DocumentError(Problem("system", f"the system refused: {error.strerror or error}{where}"))


def _silence(stream: TextIO) -> None:
    """Nothing more is written to a stream that takes nothing."""
    with suppress(AttributeError, OSError, ValueError):  # no stream of the system's
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _bug(error: Exception) -> int:
    if os.environ.get("REPORTGEN_DEBUG"):
        raise error
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = (
        f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"
    )
    print(
        f"reportgen has a bug ({type(error).__name__} at {where}); "
        "the previous report is as it was.\n"
        "  = help: run again with REPORTGEN_DEBUG=1 and report what it prints, with the spec",
        file=sys.stderr,
    )
    return BUG
