"""Which answers are found to be alike."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from grader.cli import main
from grader.export import write_results
from grader.result import ExerciseResult, ExerciseStatus, GradingResult, SourceSpan, SubmissionStatus
from grader.similarity import alike_answers, similar_page
from grader.similarity.code_features import features_of
from grader.submission import SubmissionRecord

STUB = '''
def lens(prompt):
    """Return one row a layer."""
    raise NotImplementedError
'''
ONE = """
def lens(prompt):
    # look into each block
    tokens = model.to_tokens(prompt, prepend_bos=True)
    _, cache = model.run_with_cache(tokens)
    rows = []
    for layer in range(model.cfg.n_layers):
        stream = cache["resid_post", layer]
        rows.append(model.unembed(model.ln_final(stream))[0].argmax(-1))
    return torch.stack(rows).flip(0)
"""
RENAMED = '''
def lens(text: str) -> object:
    """Mine alone."""
    all_of_it = []
    ids = model.to_tokens(text, prepend_bos=False)
    _, kept = model.run_with_cache(ids)
    for i in range(model.cfg.n_layers):
        x = kept["attn_out", i]
        all_of_it.append(model.unembed(model.ln_final(x))[2].argmax(-1))
    return torch.stack(all_of_it).flip(1)
'''
OTHER = """
def lens(prompt):
    found, kept = {}, lambda value, hook: found.setdefault(hook.name, value)
    model.run_with_hooks(prompt, fwd_hooks=[(f"blocks.{n}.hook_resid_post", kept) for n in range(12)])
    by_layer = np.array([model.unembed(found[name]).softmax(dim=-1).max() for name in sorted(found)])
    while by_layer.size % 3:
        by_layer = np.append(by_layer, 0)
    assert by_layer.ndim == 1
    return by_layer.tolist()
"""
CUT_SHORT = "def lens(prompt:\n    return 1\n    tokens = 2\n    if tokens:\n        x = (1\n"


def result(student: str, *texts: str, status: SubmissionStatus = SubmissionStatus.GRADED) -> GradingResult:
    source = tuple(SourceSpan(n + 1, 1, text.count("\n"), text) for n, text in enumerate(texts))
    exercise = ExerciseResult("lens", ExerciseStatus.PASSED, 1.0, 1.0, source=source)
    record = SubmissionRecord(
        id=student, student=student, path=f"{student}.ipynb", sha256=hashlib.sha256(repr(texts).encode()).hexdigest()
    )
    return GradingResult(record, "course", status, 1.0, 1.0, exercises=(exercise,) if texts else ())


def names(*results: GradingResult, least: float = 0.8) -> list[tuple[set[str], bool]]:
    found = alike_answers(results, [STUB], least=least)
    return [({a.result.submission.student for a in alike.answers}, alike.same_text) for alike in found]


def test_the_same_text_is_found_whatever_stands_in_comments() -> None:
    """Comments and space make no other answer."""
    spaced = ONE.replace("# look into each block", "# my own idea").replace("    rows = []\n", "\n    rows = []\n\n")

    assert names(result("ada", ONE), result("bob", spaced), result("eve", OTHER)) == [({"ada", "bob"}, True)]


def test_a_text_that_differs_after_a_hash_sign_in_a_string_is_another_text() -> None:
    """Only comments are left out of what is the same text, and a string is none."""
    one, other = (ONE.replace("    rows = []", f"    print('# {n}')\n    rows = []") for n in (1, 2))

    assert names(result("ada", one), result("bob", other)) == [({"ada", "bob"}, False)]


def test_the_same_text_in_other_cells_is_the_same_text() -> None:
    """How a copy is spread over cells does not matter."""
    helper = "def half(x):\n    return x / 2\n"

    assert names(result("ada", helper, ONE), result("bob", helper + ONE)) == [({"ada", "bob"}, True)]


def test_names_order_and_constants_do_not_count() -> None:
    """An answer under other names, with other numbers, in another order is the same."""
    assert names(result("ada", ONE), result("bob", RENAMED), result("eve", OTHER)) == [({"ada", "bob"}, False)]


def test_an_answer_with_some_lines_of_its_own_is_found() -> None:
    """What is the same in most lines is listed below what is all the same."""
    longer = ONE.replace("    return", "    print(rows[0])\n    return")

    assert names(result("ada", ONE), result("bob", longer), result("eve", OTHER)) == [({"ada", "bob"}, False)]


def test_different_answers_are_not_listed() -> None:
    """Two solutions of one task are not alike because of the task."""
    assert names(result("ada", ONE), result("eve", OTHER)) == []


def test_what_was_handed_out_does_not_count() -> None:
    """Who left the template as it is has nothing in common with anybody."""
    assert names(result("ada", STUB), result("bob", STUB), result("eve", STUB.replace("row", "line"))) == []


def test_code_that_cannot_be_parsed_is_compared_line_by_line() -> None:
    """A copy is found in whatever state it is."""
    assert names(result("ada", CUT_SHORT), result("bob", CUT_SHORT)) == [({"ada", "bob"}, True)]


def test_the_same_file_is_found_where_it_is_no_notebook() -> None:
    """What could not be read was handed in twice all the same."""
    broken = [result(who, status=SubmissionStatus.UNREADABLE) for who in ("ada", "bob")]

    assert names(*broken) == [({"ada", "bob"}, True)]
    assert "the whole file, which is no notebook" in similar_page(alike_answers(broken))


def test_many_that_are_the_same_are_one_entry() -> None:
    """A class that learnt one answer by heart does not fill the page."""
    class_ = [result(f"s{n}", ONE) for n in range(30)]

    assert names(*class_, result("eve", OTHER)) == [({f"s{n}" for n in range(30)}, True)]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("x = " + "-" * 20_000 + "1", id="not to be parsed"),
        pytest.param("x = 1" + "+1" * 30_000, id="nested deep"),
        pytest.param("x" + ".f(a)" * 12_000, id="a long chain"),
        pytest.param("y = 1\n" * 40_000, id="long"),
    ],
)
def test_hostile_code_is_compared_too(code: str) -> None:
    """Neither depth nor size ends the comparison."""
    assert names(result("ada", code), result("bob", code)) == [({"ada", "bob"}, True)]


@pytest.mark.parametrize("link", [".f(a)", "\n.f(a)"])
def test_what_is_kept_of_long_code_is_no_more_than_a_multiple_of_it(link: str) -> None:
    """A call is part of each one that follows in a chain."""
    text = f"x = (y{link * 300})"
    lines = features_of((text,)).lines

    assert sum(map(len, lines)) + sum(map(len, lines.values())) < 100 * len(text)


def test_the_page_marks_what_is_in_common_and_escapes_the_rest() -> None:
    """Lines in common are told in words too; no text of a student is markup."""
    mine = ONE.replace("    return", "    print('<script>')\n    return")
    page = similar_page(alike_answers([result("ada", ONE), result("<b>bob", mine)], [STUB]))

    assert "&lt;b&gt;bob" in page
    assert "<b>bob" not in page
    assert "print(&#39;&lt;script&gt;&#39;)</span>" in page
    assert 'rows = []<span class="unseen"> in common</span>' in page


def test_the_command_writes_the_page_and_lists_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``grader similar`` needs a graded folder and nothing else."""
    write_results(tmp_path / "results.jsonl", [result("ada", ONE), result("bob", RENAMED), result("eve", OTHER)])

    assert main(["similar", str(tmp_path)]) == 0
    assert "ada and bob: the same shape (lens)" in capsys.readouterr().out
    assert "def lens(text: str)" in (tmp_path / "similar.html").read_text()
    assert main(["similar", str(tmp_path), "--json"]) == 0
    assert [entry["submissions"] for entry in json.loads(capsys.readouterr().out)] == [["ada", "bob"]]
