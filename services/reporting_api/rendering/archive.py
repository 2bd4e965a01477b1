"""Files in one zip archive that depends on nothing but them."""

import io
import zipfile
from collections.abc import Iterable
from typing import Final

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files under their names, in this order; the same files always give the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, _UNIX
            archive.writestr(entry, content)
    return written.getvalue()


def without_clock(archive: bytes) -> bytes:
    """The same archive without the time at which it was written."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        return zipped((name, old.read(name)) for name in old.namelist())
