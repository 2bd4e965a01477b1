"""The fixtures themselves: what one test gets, no other test sees, and nothing is left."""

from local_stack.postgres import execute
from tests.databases import DatabaseServer


def test_a_database_is_a_copy_of_its_template_and_is_gone_afterwards(server: DatabaseServer) -> None:
    with server.database() as template:
        execute(template, "CREATE TABLE stone (colour text)")
        execute(template, "INSERT INTO stone VALUES ('grey')")
        name = template.rsplit("/", 1)[1]
        with server.database(name) as copy:
            assert execute(copy, "SELECT colour FROM stone") == "grey"
            execute(copy, "UPDATE stone SET colour = 'red'")
            copied = copy.rsplit("/", 1)[1]
        assert execute(template, "SELECT colour FROM stone") == "grey"
    assert (
        execute(server.url, f"SELECT count(*) FROM pg_database WHERE datname IN ('{name}', '{copied}')")
        == "0"
    )
