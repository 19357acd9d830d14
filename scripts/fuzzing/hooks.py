"""What an answer must never hold, whoever asks: a check of schemathesis'.

SWITCHBACK_HIDDEN names a file with one text a line; each is something that the caller may not see.
"""

import os
import pathlib

import schemathesis

HIDDEN = [line for line in pathlib.Path(os.environ["SWITCHBACK_HIDDEN"]).read_text().splitlines() if line]


@schemathesis.check
def nothing_hidden_is_shown(ctx, response, case):
    said = response.text + "".join(f"{name}: {value}\n" for name, value in response.headers.items())
    for number, hidden in enumerate(HIDDEN, 1):
        # The text itself stays out of what is printed.
        assert hidden not in said, f"the answer holds hidden text {number}"
