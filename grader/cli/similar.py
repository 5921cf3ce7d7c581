"""The command ``grader similar``: which answers of a batch are alike."""

from __future__ import annotations

import argparse
import json

from grader.assignment import load_assignment
from grader.atomic_write import write_page
from grader.cli.exit_codes import EXIT_DONE
from grader.extract import parse_stub
from grader.intake import read_stub
from grader.output_folder import read_batch
from grader.sanitize import visible
from grader.similarity import LEAST, AlikeAnswers, alike_answers, similar_page
from grader.similarity import messages as texts

PAGE = "similar.html"


def similar(args: argparse.Namespace) -> int:
    """Write the page of answers that are alike, or print them as JSON."""
    grades, assignment = read_batch(args.out, load_assignment(args.assignment) if args.assignment else None)
    handed_out = parse_stub(read_stub(assignment)).cells if assignment else ()
    found = alike_answers([g.raw for g in grades.by_id.values()], handed_out, least=args.at_least or LEAST)
    if args.json:
        print(json.dumps([_alike_facts(alike) for alike in found]))
        return EXIT_DONE
    print(texts.summary(len(found)))
    if not assignment:
        print(texts.NOTHING_TAKEN_OFF)
    for alike in found[: texts.MOST_LISTED]:
        print(visible(f"  {texts.who(alike)}: {texts.how_alike(alike)} ({texts.of_what(alike)})"))
    write_page(args.out / PAGE, similar_page(found, assignment_title=assignment.title if assignment else ""))
    print(args.out / PAGE)
    return EXIT_DONE


def _alike_facts(alike: AlikeAnswers) -> dict[str, object]:
    return {
        "exercise": alike.exercise,
        "share": round(alike.share, 4),
        "same_text": alike.same_text,
        "submissions": [a.result.submission.id for a in alike.answers],
    }
