"""Imported for its effect before examiners are forked: what each of them would otherwise do first.

Last in the preload list: objects made by then are no concern of the collections that pytest asks for in each examiner.
"""

from __future__ import annotations

import gc

from nbformat.v4 import new_notebook

new_notebook()  # compiles nbformat's schema, 0.1 s of CPU
gc.collect()
gc.freeze()
