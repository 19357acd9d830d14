"""Keys that no ref can be made of, and keys of which one is a folder of the other: that program took them, could not make
their refs, and left a note of each behind that nobody could ever finish."""

KEYS = ["US 5", "a..b", "x.lock", "US-1: login", "T/1", "T", "T/1/1", "n" * 300, "\u202eevil"]


def tell(place, _folder):
    place.begin_repository()
    place.files({"web/index.html": "<h1>Shop</h1>\n"})
    place.commit("Begin")
    place.git("tag", "root")
    for branch in ["dev", "qa"]:
        place.git("branch", branch)
    place.git("checkout", "--quiet", "--detach")
    place.sb("init", "--stage", "DEV=dev", "--stage", "QA=qa", "--next", "DEV=QA")
    place.change("US-1", {"web/US-1": "one\n"})
    for number, key in enumerate(KEYS):
        place.branch(f"odd-{number}", {f"web/odd-{number}": f"{number}\n"})
        words = ["change", "record", key, "--branch", f"feature/odd-{number}", "--stage", "DEV"]
        place.later(minutes=10)
        place.begin(*words).communicate()
    place.sb("promote", "US 5", "--to", "QA")
