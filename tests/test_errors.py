"""What IPython and Jupyter show of the package's errors: the sentence first, then the traceback."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from personalize_sfn import errors

SENTENCE = 'movies-campaign failed at "Check Campaign" (campaign/movies): no capacity. Fix it, then run it again.'
EVERY_ERROR = [
    value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, errors.PersonalizeSfnError)
]


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    yield InteractiveShell.instance(colors="nocolor")
    InteractiveShell.clear_instance()


def lines_of(shell: InteractiveShell, code: str) -> list[str]:
    """What the shell shows of the error that ``code`` raises."""
    shown: list[str] = []
    shell._showtraceback = lambda _type, _value, lines: shown.extend(lines)  # type: ignore[method-assign]
    assert not shell.run_cell(code).success
    return "\n".join(shown).splitlines()


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: error.__name__)
def test_every_error_begins_with_its_sentence_and_ends_as_ever(error: type[Exception], shell: InteractiveShell) -> None:
    arguments = ("field", "expected this, got that") if error is errors.ConfigError else (SENTENCE,)
    shell.push({"error": error(*arguments)})

    lines = lines_of(shell, "raise error")

    assert lines[:2] == [": ".join(arguments), ""]
    assert "Traceback (most recent call last)" in lines[3]
    assert any("raise error" in line for line in lines)
    assert lines[-1] == f"{error.__name__}: {': '.join(arguments)}"


def test_what_it_was_raised_from_stays_in_the_traceback(shell: InteractiveShell) -> None:
    code = (
        "from personalize_sfn.errors import DeployError\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise DeployError('cannot deploy') from error"
    )

    lines = lines_of(shell, code)

    assert lines[0] == "cannot deploy"
    assert any("division by zero" in line for line in lines)


def test_an_error_without_words_has_the_traceback_alone(shell: InteractiveShell) -> None:
    lines = lines_of(shell, "from personalize_sfn.errors import PersonalizeSfnError\nraise PersonalizeSfnError")

    assert "Traceback (most recent call last)" in lines[1]
    assert lines[-1] == "PersonalizeSfnError: "


def test_the_form_of_tracebacks_that_the_user_chose_is_kept(shell: InteractiveShell) -> None:
    shell.run_line_magic("xmode", "Minimal")

    lines = lines_of(shell, "from personalize_sfn.errors import DataError\nraise DataError('clicks.csv: 1 problem')")

    assert lines == ["clicks.csv: 1 problem", "", "DataError: clicks.csv: 1 problem"]
    shell.run_line_magic("xmode", "Context")


def test_when_ipython_cannot_format_it_python_does(shell: InteractiveShell) -> None:
    class Broken:
        def structured_traceback(self, *_: object) -> list[str]:
            raise RuntimeError("another IPython")

    shell.InteractiveTB = Broken()  # type: ignore[assignment]
    try:
        raise errors.DataError("clicks.csv: 1 problem")
    except errors.DataError as error:
        lines = "\n".join(error._render_traceback_()).splitlines()

    assert lines[:3] == ["clicks.csv: 1 problem", "", "Traceback (most recent call last):"]
    assert lines[-1] == "personalize_sfn.errors.DataError: clicks.csv: 1 problem"


def test_an_error_whose_words_cannot_be_had_is_shown_all_the_same(shell: InteractiveShell) -> None:
    code = (
        "from personalize_sfn.errors import DataError\n"
        "class Odd(DataError):\n    def __str__(self):\n        raise ValueError('no words')\n"
        "raise Odd()"
    )

    assert any("raise Odd()" in line for line in lines_of(shell, code))


def test_a_plain_script_sees_no_difference() -> None:
    code = "from personalize_sfn.errors import DataError\nraise DataError('clicks.csv: 1 problem')"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.splitlines()[0] == "Traceback (most recent call last):"
    assert done.stderr.splitlines()[-1] == "personalize_sfn.errors.DataError: clicks.csv: 1 problem"
    assert done.stderr.count("clicks.csv: 1 problem") <= 2, "once, and in the line of code where Python shows that"


def test_in_jupyter_the_output_of_the_cell_begins_with_the_sentence(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    code = f"from personalize_sfn.errors import WorkflowError\nraise WorkflowError({SENTENCE!r})"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])

    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()

    (output,) = notebook.cells[0].outputs
    assert output.traceback[0] == f"{SENTENCE}\n"
    assert "Traceback" in "".join(output.traceback[1:3])
    assert (output.ename, output.evalue) == ("WorkflowError", SENTENCE)
