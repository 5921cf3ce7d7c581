"""Write grades down for other programs: ``grades.csv`` and ``results.jsonl``."""

from grader.export.atomic import open_own, write_page
from grader.export.journal import Journal, is_torn, read_results, write_results
from grader.export.table import write_csv

__all__ = ["Journal", "is_torn", "open_own", "read_results", "write_csv", "write_page", "write_results"]
