"""The formats that a batch can be exported to.

The command line, its help and the documentation are made from this table. To support another format, write its module
here, with a function ``export(request) -> Exported``, and its row below.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A format's name on the command line and the module of this package that writes it.

    ``what`` says what it is, ``needs`` what must be given beside the graded batch, ``writes`` what comes out.
    ``file`` is the name of what is written where none is given: in place of ``--into FILE`` where it is empty, to
    standard output where it is "-", a folder where it ends in "/". ``options`` are the fields of
    :class:`grader.export.request.Options` that it heeds. One that is not of ``results`` is made of their assignment
    alone.
    """

    name: str
    module: str
    what: str
    needs: str
    writes: str
    file: str = ""
    options: tuple[str, ...] = ()
    results: bool = True


_TABLE = ("into", "column", "zero", "partial", "scale")

FORMATS = (
    Format(
        "canvas",
        "canvas_gradebook",
        "Canvas's gradebook",
        "--into the gradebook exported from Canvas",
        "that file with the assignment's column filled in, to be imported again",
        options=_TABLE,
    ),
    Format(
        "moodle",
        "moodle_worksheet",
        "Moodle's grading worksheet",
        "--into the worksheet downloaded from the assignment",
        "that file with grades and feedback comments filled in, to be uploaded again",
        options=("into", "zero", "partial", "scale"),
    ),
    Format(
        "canvas-feedback",
        "canvas_feedback",
        "Canvas's feedback zip",
        "submissions graded as Canvas's download names them",
        "a zip of the students' pages, for “Upload Submissions” in Canvas's gradebook",
        "canvas_feedback.zip",
        ("partial",),
    ),
    Format(
        "moodle-feedback",
        "moodle_feedback",
        "Moodle's feedback zip",
        "submissions graded as Moodle's download names them",
        "a zip of the students' pages, for “Upload multiple feedback files in a zip”",
        "moodle_feedback.zip",
        ("partial",),
    ),
    Format(
        "brightspace",
        "brightspace_gradebook",
        "Brightspace's gradebook",
        "--into the grades or the classlist exported from Brightspace",
        "that file with the assignment's Points Grade filled in, to be imported",
        options=_TABLE,
    ),
    Format(
        "nbgrader",
        "nbgrader_grades",
        "the table of grades of nbgrader",
        "",
        "a CSV with the columns of `nbgrader export`",
        "nbgrader_grades.csv",
        ("zero",),
    ),
    Format(
        "nbgrader-feedback",
        "nbgrader_feedback",
        "the feedback tree of nbgrader",
        "",
        "the students' pages in a course's folder, where `nbgrader release_feedback` finds them",
        "nbgrader/",
        ("partial",),
    ),
    Format(
        "gradescope",
        "gradescope",
        "Gradescope's results of one submission",
        "--submission ID where there are several; --metadata submission_metadata.json for lateness",
        "`results.json`, which Gradescope's autograder reads",
        "results.json",
        ("submission", "metadata", "scale"),
    ),
    Format(
        "gradescope-autograder",
        "gradescope_autograder",
        "Gradescope's autograder",
        "the assignment, and network for Gradescope's image to install the libraries",
        "a zip with `setup.sh` and `run_autograder`, which grades every upload with this grader",
        "autograder.zip",
        ("wheel", "scale"),
        results=False,
    ),
    Format(
        "prairielearn",
        "prairielearn",
        "PrairieLearn's results of one submission",
        "--submission ID where there are several",
        "`results.json`, which an external grader leaves for PrairieLearn",
        "results.json",
        ("submission",),
    ),
    Format(
        "junit",
        "junit",
        "JUnit XML",
        "",
        "an XML file with a suite for each submission, which CI systems read",
        "junit.xml",
    ),
    Format(
        "github-summary",
        "github_summary",
        "GitHub Actions' step summary",
        "",
        "Markdown, which a step appends to the file that `$GITHUB_STEP_SUMMARY` names",
        "summary.md",
    ),
    Format(
        "github-annotations",
        "github_annotations",
        "GitHub Actions' annotations",
        "",
        "workflow commands, which a step prints; of one submission also the points for GitHub Classroom",
        "-",
    ),
    Format(
        "csv",
        "analysis_csv",
        "a table for analysis, for staff",
        "",
        "a CSV with a row for each person and check, hidden ones included",
        "analysis.csv",
    ),
    Format(
        "json",
        "analysis_json",
        "the table for analysis as JSON, for staff",
        "",
        "a list of objects, one for each person and check, hidden ones included",
        "analysis.json",
    ),
    Format(
        "parquet",
        "analysis_parquet",
        "the table for analysis as Parquet, for staff",
        "pyarrow, installed with the extra `parquet`",
        "a file with a row for each person and check, hidden ones included",
        "analysis.parquet",
    ),
)

BY_NAME = {f.name: f for f in FORMATS}


def markdown_table() -> str:
    """Return the table of the formats as Markdown, for the documentation."""
    rows = (f"| `{f.name}` | {f.what} | {f.needs or 'nothing more'} | {f.writes} |" for f in FORMATS)
    return "\n".join(("| `--to` | is | needs | writes |", "|---|---|---|---|", *rows))
