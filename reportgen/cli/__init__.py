"""The door: parse the command line, call one command, print, and give the exit code.

This is the only place where an error becomes a message.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from reportgen.cli import problems
from reportgen.cli.parser import parser
from reportgen.core.errors import ReportgenError

BUG = 70
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Results go to stdout, errors to stderr."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ReportgenError as error:
        problems.show(error.problems, options.format, sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\ninterrupted; the previous report is as it was", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`reportgen show … | head`): that is no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _bug(error)


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
