"""The report in `examples/` is what the code makes now."""

from reporting_api.rendering import RENDERERS
from tests.reporting_api.example_report import FOLDER, PICTURE, example, json_text


async def test_the_json_is_what_is_made_now(fresh_reporting_url: str) -> None:
    made = json_text(await example(fresh_reporting_url))
    assert (FOLDER / "report.json").read_text(encoding="utf-8") == made, "run `make examples`"


def test_every_format_is_there_and_not_too_large() -> None:
    files = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
    assert {f"report.{renderer.extension}" for renderer in RENDERERS.values()} <= files.keys()
    assert sum(files.values()) < 3_000_000
    assert PICTURE.stat().st_size < 200_000
