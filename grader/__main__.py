"""``python -P -m grader``: the same as the console script.

Without ``-P`` Python puts the working folder first on its import path before it reads this file.
"""

import sys

if not sys.flags.safe_path:
    del sys.path[0]

from grader.cli import main

sys.exit(main())
