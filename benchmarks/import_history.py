"""Lines a second of `complaints import`, and whether its memory grows with the file.

    python -m benchmarks.import_history [--lines 100000] [--rounds 1]

The command runs as a council would run it, in a process of its own, into an authority that has nothing but
its profile; its start is part of the time. Peak memory is the kernel's (resource usage of the process), once
for a file of a tenth of the lines and once for the whole.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import histories
from benchmarks.measuring import complaints_database, conclude, database_server
from tests.databases import DatabaseServer


def imported(server: DatabaseServer, file: Path, lines: int) -> tuple[float, float]:
    """Import a file into a new database: lines a second, and the process's peak memory in MB."""
    with complaints_database(server, histories.PROFILE) as environment:
        program = str(Path(sys.executable).with_name("complaints"))
        begun = time.perf_counter()
        with subprocess.Popen(
            [program, "import", "--authority", histories.AUTHORITY, str(file)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            said = process.stdout.read() if process.stdout else ""
            _, status, used = os.wait4(process.pid, 0)
            took = time.perf_counter() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
        expected = f"{lines} lines: {lines} recorded, 0 unchanged, 0 refused"
        assert said.splitlines()[-1] == expected, said
    print(f"  {lines:>9,} lines: {lines / took:>8,.0f} a second, peak {used.ru_maxrss / 1024:,.0f} MB")
    return lines / took, used.ru_maxrss / 1024


def main() -> None:
    """Measure and conclude."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    found: dict[int, list[tuple[float, float]]] = {asked.lines // 10: [], asked.lines: []}
    with database_server() as server, TemporaryDirectory() as folder:
        for _ in range(asked.rounds):
            for lines, figures in found.items():
                histories.write(file := Path(folder) / f"{lines}.jsonl", lines)
                figures.append(imported(server, file, lines))
    rates = {lines: round(median(rate for rate, _ in figures)) for lines, figures in found.items()}
    peaks = {lines: round(median(peak for _, peak in figures), 1) for lines, figures in found.items()}
    conclude(
        "import_history",
        lines_a_second=rates,
        peak_megabytes=peaks,
        memory_growth=round(peaks[asked.lines] / peaks[asked.lines // 10], 2),
        goal="3 000 lines a second, memory that does not grow with the file",
    )


if __name__ == "__main__":
    main()
