"""Make the embedded model again: ``python -m reference.training [FOLDER]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from reference.training.export import export
from reference.training.optimise import Recipe, train
from reference.training.tokenizer import learn_tokenizer

EMBEDDED = Path(__file__).parents[1] / "data" / "embedded"


def main() -> None:
    """Learn the tokenizer, train, export."""
    parser = argparse.ArgumentParser(prog="python -m reference.training", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=EMBEDDED, help="where to write (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=Recipe().steps, help="training steps (default: %(default)s)")
    options = parser.parse_args()
    recipe = Recipe(steps=options.steps)
    tokenizer = learn_tokenizer()
    network = train(tokenizer, recipe, lambda line: print(line, flush=True))
    export(network, tokenizer, recipe, options.folder)


if __name__ == "__main__":
    main()
