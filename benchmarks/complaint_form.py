"""A complaint as a council's web form sends it: codes in the open, and a person's own words."""

import json
from pathlib import Path
from typing import Any

PROFILE = Path(__file__).resolve().parents[1] / "examples" / "merton" / "profile.json"
AUTHORITY = "merton"

FORM: dict[str, Any] = {
    "method": "online_form",
    "point_of_receipt": "complaints_team",
    "procedure": "children_statutory",
    "team": "access_cwd",
    "complainant": {"category": "parent"},
    "issues": [{"no": 1, "theme": "other_reason"}],
    "personal": {
        "name": "Ngozi Example-Smith",
        "email": "ngozi@example.org",
        "phone": "020 7946 0000",
        "narrative": (
            "The review of my son's plan was due in March. I have rung the office four times since and was "
            "told each time that somebody would call me back. Nobody has. In the meantime the transport to "
            "his respite placement stopped without a letter, and he has missed six weekends. "
        )
        * 2,
        "desired_outcome": "A date for the review, and the transport back.",
    },
}

BODY = json.dumps(FORM).encode()
