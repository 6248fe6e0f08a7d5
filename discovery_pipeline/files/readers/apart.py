"""A workbook parsed in a process of its own with a bound on its memory.

A damaged or adversarial workbook can make the parser allocate hundreds of gigabytes and abort: then only that process
ends. Costs about 0.4 s, so it is used where the size isn't known beforehand.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Collection, Iterator
from io import BytesIO

import polars as pl

from discovery_pipeline.files.readers.sheets import ParserFailed, Sheet, parse

# Address space, of which the libraries reserve more than 1 GiB without using it.
_MEMORY_BYTES = 8 * 1024**3
_DEADLINE_S = 600
_INDEX = "sheets.json"


def parse_apart(data: bytes, leave_out: Collection[str] = ()) -> Iterator[Sheet]:
    """As sheets.parse, from bytes. Raises ParserFailed also when the process dies."""
    command = [sys.executable, "-m", __spec__.name, *leave_out]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_DEADLINE_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ParserFailed(f"its parser took more than {_DEADLINE_S} s") from error
    if done.returncode == 1:
        raise ParserFailed(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode:
        raise ParserFailed("its parser broke down, as it does on damaged files")
    with zipfile.ZipFile(BytesIO(done.stdout)) as answer:
        for number, (name, is_visible, width) in enumerate(json.loads(answer.read(_INDEX))):
            grid = pl.read_ipc(answer.read(f"{number}.arrow")) if width else pl.DataFrame()
            yield Sheet(name, is_visible, grid)


def main() -> None:
    """The process: workbook on stdin, sheets on stdout, the reason on stderr with exit code 1."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    try:
        sheets = list(parse(sys.stdin.buffer.read(), sys.argv[1:]))
    except ParserFailed as error:
        sys.stderr.write(str(error))
        sys.exit(1)
    answer = BytesIO()
    with zipfile.ZipFile(answer, "w") as file:
        file.writestr(_INDEX, json.dumps([(s.name, s.is_visible, s.grid.width) for s in sheets]))
        for number, sheet in enumerate(sheets):
            buffer = BytesIO()
            sheet.grid.write_ipc(buffer)
            file.writestr(f"{number}.arrow", buffer.getvalue())
    sys.stdout.buffer.write(answer.getvalue())


if __name__ == "__main__":
    main()
