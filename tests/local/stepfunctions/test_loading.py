"""The interpreter is loaded without Batch and EC2, which nobody here uses, and without breaking them."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from personalize_sfn.local.stepfunctions.loading import load_interpreter
load_interpreter()
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_batch as batch
print("moto.ec2" in sys.modules, batch.JobStatus.SUCCEEDED.value)
import moto.batch
print(moto.batch.batch_backends.service_name, "moto.ec2" in sys.modules)
"""


def test_the_interpreter_is_loaded_without_ec2_and_batch_still_works_for_others() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["False SUCCEEDED", "batch True"]
