"""Two workers in the first deployment of an area: both append the baseline, since no lease fences that entry."""
import pathlib
import shutil
import time

HERE = pathlib.Path(__file__).parent


def tell(place, _folder):
    place.begin_repository()
    place.files({"web/index.html": "<h1>Shop</h1>\n"})
    place.commit("Begin")
    place.git("tag", "root")
    for branch in ["dev", "qa"]:
        place.git("branch", branch)
    place.git("checkout", "--quiet", "--detach")
    place.write("tools/wait", (HERE / "doubled_version.wait").read_text())
    shutil.copy(HERE / "doubled_version.toml", place.repo / "switchback.toml")
    (place.folder / "areas").mkdir()
    place.sb("init")
    place.change("US-1", {"web/a": "a\n"})
    place.change("US-2", {"web/b": "b\n"})
    # The first worker waits in its hook until its lease has run out. The second takes the job over, writes the
    # baseline, and waits before the deployment proper. Then the first goes on where it was.
    first = place.begin("promote", "US-1", "--to", "QA", "--deploy")
    wait_for((place.folder / "first-waits").exists)
    place.later(minutes=5)
    second = place.begin("jobs", "run")
    wait_for((place.folder / "second-waits").exists)
    place.write("first-goes", "")
    wait_for(lambda: baselines(place) == 2)
    place.write("second-goes", "")
    for child in [first, second]:
        child.communicate()
    for left in ["first-waits", "first-goes", "second-waits", "second-goes"]:
        (place.folder / left).unlink()
    (place.folder / "first").rmdir()


def wait_for(has_come):
    until = time.monotonic() + 30
    while not has_come():
        if time.monotonic() > until:
            raise SystemExit("the two workers did not meet")
        time.sleep(0.02)


def baselines(place):
    said = [entry["says"] for entry in place.ask("log")["entries"]]
    return sum(one.endswith("makes qa-web@1") for one in said)
