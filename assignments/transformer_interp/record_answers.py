"""Write ``answers.json``.

What the reference answers on the visible prompts, for the models that students may have.

    python record_answers.py embedded             # what is committed
    python record_answers.py embedded gpt2-small  # where GPT-2 small is in the Hugging Face cache

Run it with the repository on the path (``PYTHONPATH=../..``), and again whenever one of the models changes.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DIMENSIONS = 4  # of the activations' width: enough to tell, and small


def record(model: Any, answers: dict[str, Any], tests: dict[str, Any]) -> dict[str, Any]:
    """Return what is recorded of one model.

    ``answers`` is the namespace of solution.py, ``tests`` that of tests.py.
    """
    lens = {}
    for prompt in (tests["SCHOOL"], tests["STORE"]):
        _, top, kl = answers["logit_lens_analysis"](prompt)
        margin = answers["lens_margins"](prompt)
        lens[prompt] = {"top": top.tolist(), "margin": _rounded(margin), "kl": _rounded(kl)}
    colon = answers["demarcation_token"](" :")
    activations = {
        prompt: _rounded(answers["prompt_to_residual_stream_activations"](prompt, colon)[:, :DIMENSIONS])
        for prompt in (tests["OPPOSITE"], tests["GERMAN"])
    }
    return {
        "fingerprint": tests["fingerprint"](model),
        "logit_lens_analysis": lens,
        "prompt_to_residual_stream_activations": activations,
    }


def _rounded(values: Any) -> list[list[float]]:
    return [[round(value, 5) for value in row] for row in values.tolist()]


def main(names: list[str]) -> None:
    """Record the models of these names."""
    kernel, tests = (runpy.run_path(str(HERE / file)) for file in ("prelude.py", "tests.py"))
    recorded = []
    for name in names:
        model = kernel["load"](name)
        answers = runpy.run_path(str(HERE / "solution.py"), init_globals=kernel["provide"](model))
        recorded.append({"model": name, **record(model, answers, tests)})
    (HERE / "answers.json").write_text(json.dumps(recorded) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or ["embedded"])
