"""Who complained, with whose help, and what is known of them for equality monitoring."""

from typing import Final

from reporting_api.sections.course import decided_as
from reporting_api.sections.part import Part, Shown
from reporting_api.sections.phrases import Each, Most, Plain, Says, Share, statutory
from reporting_api.sections.plots import Plot

WHO: Final = Part(
    id="customer_groups",
    title="Who complained",
    paragraphs=(
        (
            Most(
                "complainant_categories",
                "category",
                "received",
                "The group that complained most often was",
                "The groups that complained most often were each of",
            ),
            Share(
                "complainant_categories",
                "via_advocate",
                "received",
                "received",
                "made through an advocate",
                silent=True,
            ),
            Says(
                "repeat_complainants",
                "{people:person/people} complained more than once and made {complaints:complaint/complaints}"
                " between them.",
                unless="people",
                otherwise="Nobody is recorded as having complained more than once in this <noun>.",
            ),
        ),
    ),
    charts=(
        Plot(
            "complainant_categories",
            "Who complained",
            "complainant_categories",
            "category",
            {"received": "Complaints received"},
        ),
    ),
    tables=(
        Shown("complainant_categories"),
        Shown("repeat_complainants"),
        Shown("repeat_complainants_by_year"),
    ),
)

ADVOCACY: Final = Part(
    id="advocacy",
    title="Advocacy",
    paragraphs=(
        (
            Plain(
                "Children and young people, care leavers included, must be told of advocacy and offered help"
                " to find an advocate (Children Act 1989, section 26A).",
                statutory,
            ),
            Says(
                "advocacy",
                "{complaints:complaint/complaints} received in this <noun> {complaints|was/were} made with an"
                " advocate or had one appointed later.",
                unless="complaints",
                otherwise="No complaint received in this <noun> was made with an advocate.",
            ),
        ),
    ),
    tables=(Shown("advocacy"),),
)

CHILDREN: Final = Part(
    id="children",
    title="Complaints by children and young people",
    paragraphs=(
        (
            Says(
                "children_complaints",
                "{received:complaint was/complaints were} made by children and young people themselves or by"
                " somebody acting for them.",
                unless="received",
                otherwise="No complaints by children and young people were received in this <noun>.",
            ),
            decided_as("children_complaints", {}, "received"),
            Share(
                "children_complaints_by_year",
                "via_advocate",
                "received",
                "made by children and young people",
                "made through an advocate",
                silent=True,
            ),
            Most(
                "children_themes",
                "theme",
                "received",
                "They were most often about",
                "They were most often about each of",
            ),
        ),
    ),
    charts=(
        Plot(
            "children_complaints_by_year",
            "Complaints by children and young people, by year",
            "children_complaints_by_year",
            "year",
            {"received": "Complaints received", "via_advocate": "Of these, through an advocate"},
            over_time=True,
        ),
    ),
    tables=(
        Shown("children_complaints"),
        Shown("children_complaints_by_year"),
        Shown("children_themes"),
    ),
)

_CHARACTERISTICS: Final = {
    "age": "age",
    "gender": "gender",
    "disability": "disability",
    "sexual_orientation": "sexual orientation",
    "ethnicity": "ethnicity",
}

EQUALITY: Final = Part(
    id="equality",
    title="Equality monitoring",
    paragraphs=(
        (
            Plain("Each person is counted once, however often they complained, by what they said last."),
            Says(
                "equality",
                "{people:person is/people are} counted in this <noun>.",
                at={"characteristic": "age"},
                unless="people",
                otherwise="Nobody is counted in this <noun>.",
            ),
            *(
                Says(
                    "equality",
                    f"For {words} nothing is recorded of {{people}} ({{pct}}).",
                    at={"characteristic": characteristic, "value": "not_recorded"},
                    unless="people",
                )
                for characteristic, words in _CHARACTERISTICS.items()
            ),
        ),
        (
            Each(
                "complaint_rate",
                "measure",
                "<label>: {complaints:complaint/complaints} to {service_users} counted ({rate_pct}).",
                unless="service_users",
            ),
        ),
    ),
    charts=(
        Plot(
            "equality_age",
            "Age of the people counted",
            "equality",
            "value",
            {"people": "People"},
            at={"characteristic": "age"},
        ),
        Plot(
            "equality_ethnicity",
            "Ethnicity of the people counted",
            "equality",
            "value",
            {"people": "People"},
            at={"characteristic": "ethnicity"},
        ),
    ),
    tables=(Shown("equality"), Shown("ethnicity_rates"), Shown("complaint_rate")),
)

PARTS: Final = (ADVOCACY, CHILDREN, EQUALITY)
