"""Write grades down for other programs: ``grades.csv`` and ``results.jsonl``."""

from grader.export.gradebook import write_csv
from grader.export.results_file import ResultsWriter, is_torn, read_results, write_results

__all__ = ["ResultsWriter", "is_torn", "read_results", "write_csv", "write_results"]
