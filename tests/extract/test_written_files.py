"""Files, modules and packages that a notebook writes are there for its functions."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.extract import Extraction

HELPER = "%%writefile helper.py\nOFFSET = 1\n\ndef h(x):\n    return x + OFFSET"
FILES: dict[str, list[str]] = {
    "imported": [HELPER, "import helper", "def answer(x): return helper.h(x)"],
    "imported under another name": [HELPER, "import helper as hp", "def answer(x): return hp.h(x)"],
    "a name of it imported": [HELPER, "from helper import h", "def answer(x): return h(x)"],
    "all its names imported": [HELPER, "from helper import *", "def answer(x): return h(x)"],
    "imported inside the function": [HELPER, "def answer(x):\n    from helper import h\n    return h(x)"],
    "run": [HELPER, "%run helper.py", "def answer(x): return h(x)"],
    "run with options and a path": [HELPER, "a = 1\n%run -t ./helper.py 5", "def answer(x): return h(x)"],
    "written under a path in quotes": [
        "\n" + HELPER.replace("helper.py", "'/tmp/helper.py'"),
        "import helper",
        "answer = helper.h",
    ],
    "written twice": [HELPER.replace("1", "7"), HELPER, "import helper", "answer = helper.h"],
    "appended to": [
        "%%file helper.py\ndef h(x):\n    return x + OFFSET",
        "%%writefile -a helper.py\nOFFSET = 1",
        "import helper",
        "answer = helper.h",
    ],
    "imported by another": [
        HELPER,
        "%%writefile second.py\nimport helper\ndef g(x): return helper.h(x)",
        "from second import g as answer",
    ],
    "the answer in it": ["%%writefile a.py\ndef answer(x):\n    return x + 1", "from a import *"],
    "written below": ["from helper import h", HELPER, "def answer(x): return h(x)"],
    "read again": [
        HELPER.replace("1", "7"),
        "import helper",
        HELPER,
        "import importlib\nimportlib.reload(helper)",
        "def answer(x): return helper.h(x)",
    ],
    "read again under another name": [
        HELPER.replace("1", "7"),
        "import helper as hp\nfrom importlib import reload",
        HELPER,
        "reload(hp)",
        "def answer(x): return hp.h(x)",
    ],
    "appended to a class": [
        "%%writefile helper.py\nclass H:\n    y = 1\n",
        "%%writefile -a helper.py\n    def h(self, x): return x + self.y",
        "from helper import H",
        "def answer(x): return H().h(x)",
    ],
    "appended below a future import": [
        "%%writefile helper.py\nfrom __future__ import annotations",
        "%%writefile -a helper.py\n\ndef h(x: Text) -> Any: return x + 1",
        "import helper",
        "answer = helper.h",
    ],
    "run under the name of a loaded module": [HELPER.replace("helper", "tokenize"), "%run tokenize.py", "answer = h"],
    "run without its ending": [HELPER, "%run helper", "answer = h"],
    "run without its ending in the notebook's names": [HELPER, "%run -i helper", "answer = h"],
    "executed with names of its own": [
        HELPER,
        "space = {}\nexec(open('helper.py').read(), space)",
        "def answer(x): return space['h'](x)",
    ],
    "read again and all its names imported": [
        HELPER.replace("1", "7"),
        "from helper import *\nOTHER = h(1)",
        HELPER,
        "import importlib, helper\nimportlib.reload(helper)\nfrom helper import *",
        "def answer(x): return h(x)",
    ],
    "that reads the notebook's names": [
        "%%writefile helper.py\nfrom __main__ import OTHER\ndef h(x): return x + OTHER",
        "OTHER = 1",
        "import helper",
        "answer = helper.h",
    ],
    "by the shell in another folder": [
        "%%bash\nmkdir -p lib/sub\ncd lib\ncd sub\ncat > core.py <<'EOF'\ndef h(x): return x + 1\nEOF",
        "from lib.sub import core",
        "answer = core.h",
    ],
    "by the shell with cat and tee": [
        "%%bash\ncat <<'EOF' | tee helper.py > /dev/null\ndef h(x): return x + 1\nEOF",
        "import helper",
        "answer = helper.h",
    ],
    "with a dash in its name": [HELPER.replace("helper", "my-helper"), "%run my-helper.py", "answer = h"],
    "run in the notebook's names": [
        "OTHER = 1",
        "%%writefile helper.py\ndef h(x): return x + OTHER",
        "%run -i helper.py",
        "answer = h",
    ],
    "executed": [HELPER, "exec(open('helper.py').read())", "def answer(x): return h(x)"],
    "executed with the notebook's names": [
        "OTHER = 1",
        "%%writefile helper.py\ndef h(x): return x + OTHER",
        "from pathlib import Path\nexec(compile(Path('./helper.py').read_text(), 'helper.py', 'exec'), globals())",
        "def answer(x): return h(x)",
    ],
    "found by its name": [
        HELPER,
        "import importlib\nhp = importlib.import_module('helper')",
        "def answer(x): return hp.h(x)",
    ],
    "found by its path": [
        HELPER,
        "import importlib.util as u\nspec = u.spec_from_file_location('helper', 'helper.py')\n"
        "hp = u.module_from_spec(spec)\nspec.loader.exec_module(hp)",
        "def answer(x): return hp.h(x)",
    ],
    "in a folder on the path": [
        HELPER.replace("helper.py", "code/helper.py"),
        "import sys\nsys.path.append('code')",
        "import helper",
        "def answer(x): return helper.h(x)",
    ],
    "a table": [
        '%%writefile data.json\n{"a": 1}',
        "def answer(x):\n    import json\n    return x + json.load(open('data.json'))['a']",
    ],
    "a table read above": [
        "%%writefile data.txt\n1",
        "TEXT = open('data.txt').read()",
        "def answer(x): return x + int(TEXT)",
    ],
    "by the shell": [
        "%%bash\nmkdir -p a\ncat > helper.py <<'EOF'\nCODE = '$HOME'\ndef h(x): return x + 1\nEOF",
        "import helper",
        "answer = helper.h",
    ],
    "by the shell in two parts": [
        "%%sh\ncat <<EOF > helper.py\nOFFSET = 1\nEOF\ncat >>helper.py << EOF\ndef h(x): return x + OFFSET\nEOF\nls",
        "import helper",
        "answer = helper.h",
    ],
    "by the shell with tee": [
        '%%bash\ntee helper.py <<"END" > /dev/null\ndef h(x): return x + 1\nEND',
        "import helper",
        "answer = helper.h",
    ],
}

CORE = "%%writefile lib/core.py\ndef h(x): return x + 1"
PACKAGES: dict[str, list[str]] = {
    "in a folder that is made": [
        "import os\nos.makedirs('lib', exist_ok=True)",
        CORE,
        "from lib.core import h",
        "answer = h",
    ],
    "in a folder that the shell makes": ["!mkdir -p lib", CORE, "import lib.core as c", "answer = c.h"],
    "with an empty beginning": [
        "%%writefile lib/__init__.py",
        CORE,
        "import lib.core",
        "def answer(x): return lib.core.h(x)",
    ],
    "with a beginning": ["%%writefile lib/__init__.py\nfrom .core import h", CORE, "from lib import h", "answer = h"],
    "with a beginning that brings all": [
        "%%writefile lib/__init__.py\nfrom .core import *",
        CORE,
        "from lib import *",
        "def answer(x): return h(x)",
    ],
    "a module of it": [CORE, "from lib import core", "def answer(x): return core.h(x)"],
    "a module of it inside the function": [CORE, "def answer(x):\n    from lib import core\n    return core.h(x)"],
    "from one module to another": [
        "%%writefile lib/base.py\nOFFSET = 1",
        "%%writefile lib/core.py\nfrom . import base\nfrom .base import OFFSET\n"
        "def h(x): return x + base.OFFSET + OFFSET - 1",
        "from lib.core import h",
        "answer = h",
    ],
    "two levels deep": [
        "%%writefile lib/base.py\nOFFSET = 1",
        "%%writefile lib/__init__.py",
        "%%writefile lib/sub/core.py\nfrom ..base import OFFSET\ndef h(x): return x + OFFSET",
        "from lib.sub.core import h",
        "answer = h",
    ],
    "two modules of one name": [
        "%%writefile one/core.py\ndef h(x): return x + 1",
        "%%writefile two/core.py\ndef h(x): return x",
        "from one.core import h\nimport two.core",
        "def answer(x): return two.core.h(h(x))",
    ],
    "modules that import each other": [
        "%%writefile lib/__init__.py\nfrom lib.core import h\nOFFSET = 1",
        "%%writefile lib/core.py\nimport lib\ndef h(x): return x + lib.OFFSET",
        "import lib",
        "def answer(x): return lib.h(x)",
    ],
    "in a folder on the path": [
        "%%writefile src/lib/__init__.py\nfrom .core import h",
        "%%writefile src/lib/core.py\ndef h(x): return x + 1",
        "import sys\nsys.path.insert(0, 'src')",
        "from lib import h as answer",
    ],
    "somewhere else": [CORE.replace("lib/", "/content/lib/"), "from lib.core import h", "answer = h"],
    "written and read again": [
        CORE.replace("1", "7"),
        "import lib.core as c",
        CORE,
        "import importlib\nimportlib.reload(c)",
        "def answer(x): return c.h(x)",
    ],
    "by the shell": [
        "%%bash\nmkdir lib\ncat > lib/core.py << 'E'\ndef h(x): return x + 1\nE",
        "from lib.core import h",
        "answer = h",
    ],
    "by plain code": [
        "import os\nos.makedirs('lib', exist_ok=True)",
        "with open('lib/core.py', 'w') as f:\n    f.write('def h(x): return x + 1')",
        "from lib.core import h",
        "answer = h",
    ],
    "by plain code in a folder that the shell makes": [
        "%mkdir lib",
        "from pathlib import Path\nPath('lib/core.py').write_text('def h(x): return x + 1')",
        "from lib.core import h",
        "answer = h",
    ],
    "by plain code in parts": [
        "from pathlib import Path\nd = Path('lib')\nd.mkdir()",
        "(d / '__init__.py').write_text('from .core import h')\n(d / 'core.py').write_text('def h(x): return x + 1')",
        "from lib import h",
        "answer = h",
    ],
}


READS = "import json\n\ndef answer(x): return x + json.load(open('data.json'))['a']"
SAVES = "def answer(x):\n    with open('plots/a.txt', 'w') as f:\n        f.write('1')\n    return x + 1"
DATA: dict[str, list[str]] = {
    "dumped": ["import json\nwith open('data.json', 'w') as f:\n    json.dump({'a': 1}, f)", READS],
    "by a path in a name": [
        "from pathlib import Path\nOUT = Path('data')\nOUT.mkdir(exist_ok=True)",
        "(OUT / 'data.json').write_text('{\"a\": 1}')",
        READS.replace("'data.json'", "OUT / 'data.json'"),
    ],
    "by a name that is only read where it is written": [
        "TO = 'data.json'",
        "import json\nfile = open(TO, 'w')\nfile.write('{\"a\"')",
        "file.write(': 1}')\nfile.close()",
        READS,
    ],
    "by a function": [
        "import json\ndef keep(value, path):\n    with open(path, 'w') as f:\n        json.dump(value, f)",
        "value = {'a': 1}\nkeep(value, './data.json')",
        READS,
    ],
    "by a function that knows the name": [
        "def keep():\n    with open('data.json', 'w') as f:\n        f.write('{\"a\": 1}')",
        "keep()",
        READS,
    ],
    "by a function of a function": [
        "TO = {'data': 'data.json'}",
        "def inner(text):\n    with open(TO['data'], 'w') as f:\n        f.write(text)",
        "def keep(): inner('{\"a\": 1}')",
        "keep()",
        READS,
    ],
    "unless it is there": [
        "import os, json\nif not os.path.exists('data.json'):\n    json.dump({'a': 1}, open('data.json', 'w'))",
        READS,
    ],
    "an array": [
        "import numpy as np\nnp.save('data', np.ones(1))",
        "def answer(x): return x + int(np.load('data.npy')[0])",
    ],
    "a table": [
        "import pandas as pd\ntable = pd.DataFrame({'a': [1]})\ntable.to_csv('data.csv', index=False)",
        "def answer(x): return x + int(pd.read_csv('data.csv')['a'][0])",
    ],
    "many files": [
        "for i in range(3):\n    with open(f'layer_{i}.txt', 'w') as f:\n        f.write(str(i))",
        "def answer(x): return x + int(open(f'layer_{x - 1}.txt').read())",
    ],
    "read above": [
        "open('data.txt', 'w').write('1')",
        "TEXT = open('data.txt').read()",
        "def answer(x): return x + int(TEXT)",
    ],
    "a database": [
        "import sqlite3\ncon = sqlite3.connect('data.db')",
        "cur = con.cursor()\ncur.execute('create table a (n int)')\ncur.execute('insert into a values (1)')",
        "con.commit()\ncon.close()",
        "def answer(x):\n    d = sqlite3.connect('data.db')\n    return x + next(d.execute('select n from a'))[0]",
    ],
    "lines of a table": [
        "import csv\nfile = open('data.csv', 'w')\nout = csv.writer(file)\nout.writerow([1])",
        "file.close()",
        "def answer(x): return x + int(open('data.csv').read())",
    ],
    "written by a file's module": [
        "import json\njson.dump({'a': 1}, open('data.json', 'w'))",
        "%%writefile helper.py\nimport json\nA = json.load(open('data.json'))['a']",
        "import helper\ndef answer(x): return x + helper.A",
    ],
    "written for a file's module": [
        '%%writefile data.json\n{"a": 1}',
        "%%writefile helper.py\nimport json\nA = json.load(open('data.json'))['a']",
        "import helper\ndef answer(x): return x + helper.A",
    ],
    "modules from a table": [
        "CODE = {'helper.py': 'def h(x): return x + 1'}",
        "for name, code in CODE.items():\n    with open(name, 'w') as f:\n        f.write(code)",
        "import helper\ndef answer(x): return helper.h(x)",
    ],
    "a folder": ["import os\nos.makedirs('plots', exist_ok=True)", SAVES],
    "a folder that the shell makes": ["!mkdir -p plots", SAVES],
    "a folder in a name": [
        "import os\nTO = 'plots'\nos.makedirs(TO, exist_ok=True)",
        SAVES.replace("'plots/a.txt'", "f'{TO}/a.txt'"),
    ],
    "a folder that a function makes": [
        "import os\ndef ready(folder):\n    os.makedirs(folder, exist_ok=True)",
        "ready('plots')",
        SAVES,
    ],
    "a folder above": [
        "import os\nHERE = 'all'\nos.makedirs(os.path.join(HERE, 'plots'))",
        SAVES.replace("'plots/a.txt'", "os.path.join(HERE, 'plots', 'a.txt')"),
    ],
    "a folder below the function in its cell": [f"{SAVES}\n\nimport os\nos.makedirs('plots', exist_ok=True)"],
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # students leave files open
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("kind", DATA)
def test_what_plain_code_writes_is_there(
    kind: str, extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """Files and folders that a function mentions are there if code above it writes them."""
    extraction = extracted(*DATA[kind], "1 / 0")

    assert ran(extraction)["answer"](2) == 3
    assert extraction.functions["answer"].remarks == ()


@pytest.mark.parametrize(
    "experiment",
    [
        "open('other.json', 'w').write('1')",
        "names = ['data.json']\nprint(names)",
        "open('plots/b.json', 'w').write('1')",
        "model.add_hook(open('data.json', 'w').write)",
    ],
)
def test_what_writes_other_files_is_not_run(experiment: str, extracted: Callable[..., Extraction]) -> None:
    """Experiments are left out, and what alters provided objects."""
    extraction = extracted(experiment, f"{READS}\n\n{SAVES.replace('answer', 'other')}", "open('data.json', 'w')")

    assert {s.cell for s in extraction.segments} == {2}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # students leave files open
@pytest.mark.parametrize("kind", FILES)
def test_files_that_the_notebook_writes_are_modules(
    kind: str, extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A module that the notebook writes and then imports or runs exists.

    Nothing else is run.
    """
    extraction = extracted(*FILES[kind], "1 / 0")

    assert ran(extraction)["answer"](2) == 3
    assert "the whole notebook was run" not in "".join(extraction.functions["answer"].remarks)


@pytest.mark.parametrize("kind", PACKAGES)
def test_packages_that_the_notebook_writes_are_packages(
    kind: str, extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A module in a folder is imported by its full name and by relative imports.

    The package's ``__init__`` is run as well.
    """
    extraction = extracted(*PACKAGES[kind], "1 / 0")

    assert ran(extraction)["answer"](2) == 3
    assert extraction.functions["answer"].remarks == ()


@pytest.mark.parametrize("module", ["copy", "inspect", "nbformat"])
def test_a_module_that_is_loaded_stays_loaded(
    module: str,
    extracted: Callable[..., Extraction],
    ran: Callable[[Extraction], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file of its name is imported only when Python would look for it, as in Jupyter."""
    loaded = sys.modules[module]
    monkeypatch.setitem(sys.modules, module, loaded)
    cells = [f"%%writefile {module}.py\nx = 1", f"def answer():\n    import {module}\n    return {module}"]

    assert ran(extracted(*cells))["answer"]() is loaded


@pytest.mark.parametrize(
    "writes",
    [
        "with open('./written_here.py', 'w') as file:\n    file.write(CODE)",
        "from pathlib import Path\nPath('written_here.py').write_text(CODE)",
    ],
)
def test_files_that_plain_code_writes_are_written(
    writes: str,
    extracted: Callable[..., Extraction],
    ran: Callable[[Extraction], dict[str, Any]],
    tmp_path: Path,
) -> None:
    """A statement that names the file of a module runs before the module is imported."""
    cells = [
        "CODE = 'def h(x): return x + 1'",
        writes,
        "def answer(x):\n    from written_here import h\n    return h(x)",
    ]

    answer = ran(extracted(*cells, "print(open('other.py'))"))["answer"]

    assert answer(2) == 3
    assert [p.name for p in tmp_path.glob("*.py")] == ["written_here.py"]


def test_an_error_in_a_written_file_has_the_cells_lines(
    extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A traceback through a written file names the cell that writes it, and the line there."""
    cells = ["# notes", "%%writefile helper.py\n\ndef h(x):\n    return 1 / 0", "import helper\nanswer = helper.h"]
    answer = ran(extracted(*cells))["answer"]

    with pytest.raises(ZeroDivisionError) as raised:
        answer(2)

    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("<cell 2>", 4, "return 1 / 0")


def test_a_fault_in_what_was_appended_has_the_lines_of_that_cell(
    extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """A file that two cells write keeps the lines of each."""
    cells = ["%%writefile helper.py\nA = 1", "%%writefile -a helper.py\n\ndef h(x):\n    return 1 / 0", "import helper"]
    answer = ran(extracted(*cells, "answer = helper.h"))["answer"]

    with pytest.raises(ZeroDivisionError) as raised:
        answer(2)

    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("<cell 2>", 4, "return 1 / 0")


def test_a_fault_in_one_of_a_cells_files_has_its_line(
    extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """Each of the files that one cell writes keeps its lines."""
    cell = "%%bash\ncat > helper.py <<E\ndef h(x):\n    return 1 / 0\nE\n\ncat > second.py <<E\nN = 1\nE"
    answer = ran(extracted(cell, "import helper, second", "def answer(x): return helper.h(x), second.N"))["answer"]

    with pytest.raises(ZeroDivisionError) as raised:
        answer(2)

    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("<cell 1>", 4, "return 1 / 0")


@pytest.mark.parametrize("code", ["def h(x:\n    return 1", "return 1"])  # the parser's error, the compiler's
def test_a_file_that_is_no_python_is_told_where_it_is_imported(
    code: str, extracted: Callable[..., Extraction], ran: Callable[[Extraction], dict[str, Any]]
) -> None:
    """The error of a file that is not valid Python names its cell and line."""
    answer = ran(extracted(f"%%writefile helper.py\n\n{code}", "def answer(x):\n    import helper"))["answer"]

    with pytest.raises(SyntaxError) as raised:
        answer(2)

    assert (raised.value.filename, raised.value.lineno) == ("<cell 1>", 3)


NOT_READ: dict[str, tuple[str, str]] = {
    "a download": ("!wget -q https://example.org/helper.py", "`!wget -q https://example.org/helper.py`"),
    "a line of the shell": ("a = 1\n!echo 'h = abs' > helper.py", "`!echo 'h = abs' > helper.py`"),
    "a copy": ("%cp drive/helper.py .", "`%cp drive/helper.py .`"),
    "text in which the shell puts values": (
        "%%bash\ncat > helper.py <<EOF\nh = '$HOME'\nEOF",
        "`cat > helper.py <<EOF`",
    ),
    "text that the shell alters": (
        "%%bash\ncat <<'EOF' | sed s/a/b/ > helper.py\nh = abs\nEOF",
        "`cat <<'EOF' | sed s/a/b/ > helper.py`",
    ),
    "a folder that is fetched": ("!git clone https://example.org/helper", "`!git clone https://example.org/helper`"),
}


@pytest.mark.parametrize("kind", NOT_READ)
def test_a_file_that_is_not_written_is_told(kind: str, extracted: Callable[..., Extraction]) -> None:
    """A module that only a magic or the shell would bring is told, with place and advice."""
    source, quoted = NOT_READ[kind]
    line = next(n for n, text in enumerate(source.split("\n"), start=1) if text in quoted)

    remarks = (
        extracted("# notes", source, "import helper", "def answer(x): return helper.h(x)").functions["answer"].remarks
    )

    assert remarks == (
        f"`helper` is imported, and cell 2, line {line} ({quoted}) seems to bring it; that is not run where it is "
        "graded. Put its code into a cell, or write it with `%%writefile helper.py`.",
    )


def test_a_module_that_is_installed_is_not_told(extracted: Callable[..., Extraction]) -> None:
    """That the shell names it does not mean that it brings it."""
    cells = ["%%writefile cfg.nbformat\n1", "!cat cfg.nbformat", "import nbformat", "def answer(x): return nbformat"]

    assert extracted(*cells).functions["answer"].remarks == ()


def test_what_no_exercise_imports_is_not_told(extracted: Callable[..., Extraction]) -> None:
    """A download that is not needed needs no remark."""
    extraction = extracted("!wget https://example.org/helper.py", "import helper", "def answer(x): return x")

    assert extraction.functions["answer"].remarks == ()
