"""What a format of the report is: a media type, a file name's ending, and how a document becomes bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from reporting_api.report_document import Report


@dataclass(frozen=True, slots=True)
class Renderer:
    """One format. `render` is a pure function of the document: the same document, the same bytes.

    It may take a second of processor time, so callers run it in a thread.
    """

    media_type: str
    extension: str
    render: Callable[[Report], bytes]
