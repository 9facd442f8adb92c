"""`python -m reportgen`: the command line where no script is on the path."""

import sys

from reportgen.cli import main

sys.exit(main())
