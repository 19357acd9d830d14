"""What the old program says of a place, for later programs to be compared with."""
import json
import sqlite3

EVENTS = set("""initialized stage-adopted commits-adopted recorded edited attested excluded included ignored noticed
task-added task-done applied removed promotion demoted deployment-asked deployment-ended version-made granted revoked
resolution-forgotten resolutions-learned resolutions-kept schedule-ran""".split())
DEPLOYMENTS = set("populate deploy rollback remove repair rewrite".split())
ALL = "100000"
ENTRY = ["seq", "kind", "operation", "actor", "at"]
STAGE = ["name", "branch", "next", "head", "tree", "changes"]
AREA = ["name", "default", "class", "sequence", "version", "pending", "leftover", "on_hold", "offline", "jobs"]


def write(place, folder):
    folder.mkdir(exist_ok=True)
    keep(folder / "where.json", place.ask("where"))
    keep(folder / "history.json", place.ask("history", "-n", ALL))
    log = place.ask("log", "-n", ALL)["entries"]
    keep(folder / "log-kinds.json", [only(ENTRY, entry) for entry in log])
    stages = [only(STAGE, stage) | {"areas": [only(AREA, area) for area in stage["areas"]]}
              for stage in place.ask("status")["stages"]]
    keep(folder / "status-stages.json", stages)
    refs = place.git("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
    (folder / "refs").write_text(refs + "\n")


def complete(place):
    """The story has every kind of event and of deployment, or it is not told to its end."""
    database = sqlite3.connect(place.repo / ".git/switchback/ledger.sqlite")
    events = [event for (body,) in database.execute("SELECT body FROM entry") for event in json.loads(body)["events"]]
    database.close()
    asked = [event["deployment-asked"]["kind"] for event in events if "deployment-asked" in event]
    lacking = (EVENTS - {kind for event in events for kind in event}) | (DEPLOYMENTS - {name(kind) for kind in asked})
    if lacking:
        raise SystemExit(f"the story lacks {', '.join(sorted(lacking))}")


def name(kind):
    """A kind that says more is an object with one key."""
    return kind if isinstance(kind, str) else next(iter(kind))


def only(names, said):
    return {name: said[name] for name in names}


def keep(file, said):
    """One line for each element of a list, so that a difference is seen."""
    if isinstance(said, dict):
        parts = ",\n".join(f"{json.dumps(name)}: {lines(value)}" for name, value in said.items())
        file.write_text(f"{{\n{parts}\n}}\n")
    else:
        file.write_text(lines(said) + "\n")


def lines(value):
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in value) + "\n]"
