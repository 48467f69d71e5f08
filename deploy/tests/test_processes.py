"""What runs behind the pages steps back for them."""

import os
import sys

from deploy.processes import PATIENCE, Program


def test_a_patient_program_is_nicer_than_the_others(tmp_path):
    say = [sys.executable, "-c", "import os; print(os.nice(0))"]
    said = []
    for patient in (False, True):
        program = Program("x", say, patient=patient)
        program.start(tmp_path / f"{patient}.log", tmp_path)
        assert program.process is not None
        program.process.wait(20)
        Program.started.discard(program.process.pid)
        said.append(int((tmp_path / f"{patient}.log").read_text()))
    own = os.nice(0)
    assert said == [own, min(19, own + PATIENCE)]
