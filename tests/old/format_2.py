"""The long story of one small repository: every kind of event and of deployment the old program knew."""
import os
import pathlib
import shutil

HERE = pathlib.Path(__file__).parent
REF = "refs/switchback/resolutions"
PAGE = "<h1>Shop</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n"
SETTINGS = '{\n  "a": 1,\n  "z": 26\n}\n'


def tell(place, folder):
    """All chapters, in order: later ones build on what earlier ones left."""
    begin(place)
    record(place)
    decide(place)
    climb(place)
    settle_conflicts(place)
    learn_from_a_clone(place, folder)
    edit_targets(place)
    fail_and_retry(place)
    demote(place)
    bring_back(place)
    grant(place)
    schedule(place)
    push(place)
    leave_open(place)


def begin(place):
    """Branches with keys, one key with two contents, and commits that name nothing."""
    place.begin_repository()
    place.files({
        "README": "The shop\n", "web/index.html": PAGE, "web/style.css": "h1 { color: black }\n",
        "web/page.html": PAGE, "web/rows.html": PAGE, "conf/settings.json": SETTINGS, "api/routes": "GET /\n",
        "docs/guide.md": "# Guide\n\nFirst,\nthen,\nat last.\n", "docs/idea.draft.md": "perhaps\n",
    })
    place.commit("Begin")
    place.git("tag", "root")
    for branch in ["qa", "sit", "dev"]:
        place.git("branch", branch)
    place.git("checkout", "--quiet", "--detach")
    place.on("dev", "US-1: greet", {"web/hello.html": "hello\n"})
    place.git("branch", "--force", "sit", "dev")
    place.on("dev", "US-1: greet louder", {"web/hello.html": "HELLO\n"})
    place.on("dev", "Tidy up", {"web/tidy.html": "tidy\n"})
    place.on("sit", "US-2: say goodbye", {"web/bye.html": "bye\n"})
    shutil.copy(HERE / "format_2.toml", place.repo / "switchback.toml")
    place.write("tools/directory-target.py", (HERE / "../../docs/examples/directory-target.py").read_text())
    (place.folder / "areas").mkdir()
    place.sb("init")


def record(place):
    """Revisions of every origin, and files of every kind."""
    place.change("US-10", {"web/index.html": PAGE.replace("one", "ONE"), "api/routes": "GET /\nGET /shop\n"},
                 more=["--title", "A greater shop", "--project", "shop", "--release", "26.4", "--owner", "ann"])
    place.git("checkout", "--quiet", "-B", "feature/US-11", "root")
    place.git("mv", "docs/guide.md", "docs/manual.md")
    place.write("repo/docs/manual.md", "# Manual\n\nFirst,\nthen,\nat last.\n")
    place.commit("US-11 renames the guide")
    place.sb("change", "record", "US-11", "--branch", "feature/US-11", "--stage", "DEV")
    place.git("checkout", "--quiet", "-B", "feature/US-12", "root")
    place.write("repo/web/run.sh", "#!/bin/sh\necho run\n").chmod(0o755)
    os.symlink("index.html", place.repo / "web/home.html")
    place.commit("US-12 adds a program and a link")
    place.git("checkout", "--quiet", "--detach", "root")
    place.sb("change", "record", "US-12", "--branch", "feature/US-12", "--stage", "DEV")
    place.change("US-13", {"web/thirteen.html": "13\n"})
    place.change("US-13", {"web/thirteen.html": "thirteen\n"}, on="feature/US-13")
    place.branch("US-14", {"web/fourteen.html": "14\n"})
    place.sb("change", "record", "US-14", "--commits", "root..feature/US-14", "--parent", "US-13")
    # A line, one beside it, another beside that: each builds on the one before.
    first, second = PAGE.replace("two", "TWO"), PAGE.replace("two</p>\n", "TWO</p>\n<p>more</p>\n")
    for name, base in [("page", 20), ("rows", 25)]:
        place.change(f"US-{base}", {f"web/{name}.html": first})
        place.change(f"US-{base + 1}", {f"web/{name}.html": second}, on=f"feature/US-{base}")
    for number, hotfix in enumerate(["HF-1", "HF-2", "HF-3"]):
        place.change(hotfix, {f"web/fix-{number}.html": "fixed\n"}, stage="PROD")


def decide(place):
    place.sb("change", "edit", "US-11", "US-12", "--project", "shop", "--owner", "bob")
    place.sb("change", "attest", "US-10", "US-11", "US-12", "tested", "--as", "tess")
    place.sb("change", "attest", "US-10", "HF-1", "HF-2", "tested", "approved", "--as", "tom")
    place.sb("change", "attest", "US-13", "tested", "--revision", "1")
    place.sb("change", "exclude", "US-14", "US-2", "--reason", "not this year")
    place.sb("change", "include", "US-14")
    place.sb("change", "ignore", "US-13", "--stage", "SIT", "--reason", "later")
    place.sb("change", "ignore", "US-1", "--stage", "QA", "--reason", "it stays below")
    place.sb("change", "ignore", "US-13", "--stage", "SIT", "--off")


def climb(place):
    place.sb("area", "populate", "prod-web")
    place.sb("promote", "US-10", "US-11", "US-12", "--to", "SIT", "--deploy", "--reason", "the sprint's end")
    place.sb("promote", "US-10", "US-11", "US-12", "--from", "SIT", "--to", "QA", "--deploy")
    place.sb("promote", "US-10", "--from", "QA", "--to", "PROD", "--deploy")
    # Over a stage: the one between gets it too.
    place.sb("promote", "US-20", "US-21", "US-25", "US-26", "US-13", "--from", "DEV", "--to", "QA", "--deploy",
             "--order-by", "key")
    place.sb("deploy", "US-11", "--area", "qa-docs")
    place.sb("back-promote", "HF-1", "--from", "PROD", "--to", "QA", "--deploy")
    place.sb("back-promote", "--mass", "--from", "PROD", "--to", "QA,SIT")
    place.sb("deploy", "--all", "--stage", "SIT")


def settle_conflicts(place):
    """By hand, by type, as decided before; one decision is forgotten."""
    place.change("US-30", {"web/style.css": "h1 { color: red }\n", "README": "The store\n"}, stage="SIT")
    place.sb("promote", "US-30", "--from", "SIT", "--to", "QA", "--deploy")
    place.change("US-31", {"web/style.css": "h1 { color: blue }\n", "README": "The market\n"})
    stopped = place.sb("promote", "US-31", "--to", "SIT", "--deploy", exit=3)["operation"]
    place.sb("resolve", stopped, "web/style.css", "--theirs", exit=3)
    place.write("mine", "The shop, the store, the market\n")
    place.sb("resolve", stopped, "README", "--file", "../mine")
    (place.folder / "mine").unlink()
    place.sb("promote", "US-31", "--from", "SIT", "--to", "QA", "--deploy")
    listed = place.sb("resolution", "list")["resolutions"]
    readme = next(one["id"] for one in listed if one["path"] == "README")
    place.sb("resolution", "forget", readme, "--reason", "it was a guess")
    # An area that lacks one of three changes to a file decides for itself.
    place.change("US-42", {"conf/settings.json": SETTINGS.replace("26", "27")}, stage="SIT")
    for key, letter in [("US-40", "b"), ("US-41", "c"), ("US-43", "d")]:
        place.change(key, {"conf/settings.json": SETTINGS.replace('  "z"', f'  "{letter}": 2,\n  "z"')})
    place.sb("promote", "US-40", "US-41", "US-43", "--to", "SIT", "--deploy")
    place.sb("promote", "US-40", "US-41", "US-43", "--from", "SIT", "--to", "QA", "--deploy")


def learn_from_a_clone(place, folder):
    """Another repository decides something and forgets something; its decisions are fetched."""
    place.change("US-32", {"web/page2.html": "one\n"}, stage="SIT")
    place.change("US-33", {"web/page2.html": "two\n"})
    twin = place.twin(folder / "twin")
    stopped = twin.sb("promote", "US-33", "--to", "SIT", exit=3)["operation"]
    twin.sb("resolve", stopped, "web/page2.html", "--ours")
    listed = twin.sb("resolution", "list")["resolutions"]
    style = next(one["id"] for one in listed if one["path"] == "web/style.css")
    twin.sb("resolution", "forget", style, "--reason", "the colour is wrong")
    # Here, too, something is decided meanwhile: the two go together.
    place.change("US-34", {"web/page3.html": "three\n"}, stage="SIT")
    place.change("US-35", {"web/page3.html": "four\n"})
    stopped = place.sb("promote", "US-35", "--to", "SIT", exit=3)["operation"]
    place.sb("resolve", stopped, "web/page3.html", "--theirs")
    place.git("fetch", "--quiet", "../../twin/repo", f"+{REF}:{REF}")
    place.sb("promote", "US-33", "--to", "SIT", "--deploy")


def edit_targets(place):
    """Somebody edits what was deployed: it is overwritten, kept, or put back."""
    place.write("areas/qa-web/web/thirteen.html", "edited on qa-web\n")
    place.write("areas/qa-docs/docs/manual.md", "edited on qa-docs\n")
    place.change("US-50", {"web/thirteen.html": "fifty\n"}, on="feature/US-13")
    place.change("US-51", {"docs/manual.md": "# Manual\n\nFirst,\nthen,\nin the end.\n"}, on="feature/US-11")
    place.sb("promote", "US-50", "US-51", "--from", "DEV", "--to", "QA", "--deploy")
    place.sb("deploy", "US-51", "--area", "qa-docs")
    (place.folder / "areas/sit-web/web/run.sh").unlink()
    place.write("areas/sit-web/README", "edited on sit-web\n")
    place.sb("area", "verify", "sit-web", exit=3)
    place.sb("area", "repair", "sit-web", "--reason", "somebody tidied up")
    place.write("areas/qa-cdn/style.css", "edited on qa-cdn\n")
    place.sb("area", "repair", "qa-cdn")


def fail_and_retry(place):
    """A hook before, a hook after with all undone, a job called off, and each tried again."""
    place.write("bad-before", "")
    place.change("US-60", {"web/sixty.html": "60\n", "api/sixty": "60\n", "docs/sixty.md": "60\n"})
    failed = place.sb("promote", "US-60", "--to", "SIT", "--deploy", exit=3)
    (place.folder / "bad-before").unlink()
    place.sb("jobs", "retry", *(asked(failed, area) for area in ["sit-web", "sit-api", "sit-docs"]))
    place.write("bad-after", "")
    place.change("US-61", {"web/sixty-one.html": "61\n", "api/sixty-one": "61\n"})
    place.sb("promote", "US-61", "--to", "SIT", "--deploy", exit=3)
    (place.folder / "bad-after").unlink()
    queued = place.sb("promote", "US-60", "US-61", "--from", "SIT", "--to", "QA", "--deploy", "--no-wait")
    place.sb("jobs", "cancel", asked(queued, "qa-cdn"), "--reason", "not tonight")
    place.sb("jobs", "cancel", asked(queued, "qa-box"))
    place.sb("jobs", "run")
    place.sb("jobs", "retry", asked(queued, "qa-cdn"))


def demote(place):
    """Alone, with what builds on it, without it; with a development area first, a rollback that fails, and one
    that runs although its change came back meanwhile."""
    place.sb("demote", "US-12", "--to", "SIT", "--reason", "it was too early")
    place.sb("demote", "US-20", "--from", "QA", "--to", "DEV", "--with-dependents")
    place.sb("demote", "US-25", "--from", "QA", "--to", "DEV", "--rewrite-dependents")
    place.write("areas/sit-web/web/sixty.html", "edited on sit-web\n")
    failed = place.sb("demote", "US-60", "--from", "QA", "--to", "DEV")
    place.sb("area", "repair", "sit-web")
    rollbacks = {"deployments": failed["results"][0]["rollbacks"]}
    place.sb("jobs", "retry", asked(rollbacks, "sit-web"))
    # What was settled by type with the one that leaves is decided anew for the one that stays.
    place.sb("demote", "US-40", "--from", "QA", "--to", "SIT", "--deploy")
    place.sb("demote", "US-41", "--from", "QA", "--to", "SIT", "--no-wait")
    place.sb("promote", "US-41", "--from", "SIT", "--to", "QA", "--no-wait")
    place.sb("jobs", "run")


def bring_back(place):
    """Whole deployments taken back by hand, and deployed again."""
    place.sb("rollback", "qa-web@8", "--reason", "fifty was wrong")
    place.sb("rollback", "qa-cdn@8")
    place.sb("deploy", "US-50", "--area", "qa-web")
    place.sb("rollback", "qa-docs@3")
    place.sb("back-promote", "HF-1", "--to", "DEV")


def grant(place):
    place.sb("grant", "ann", "promote-next", "--stage", "QA")
    place.sb("grant", "bob", "promote-next")
    place.sb("grant", "@testers", "attest")
    place.sb("grant", "ann", "rollback", "--area", "qa-web")
    place.sb("grant", "tom", "attest", "--deny")
    place.sb("grant", "eve", "deploy", "--area", "prod-web", "--deny")
    place.sb("revoke", "tom", "attest", "--deny")
    place.sb("change", "attest", "US-11", "approved", "--as", "tom")
    place.sb("promote", "US-13", "--from", "DEV", "--to", "SIT", "--as", "eve", exit=3)


def schedule(place):
    """Promotions for a later time, one of which may not go any more; a freeze; what recurs every night."""
    for key in ["US-70", "US-71", "US-72", "US-73"]:
        place.change(key, {f"web/{key}.html": f"{key}\n"})
    place.sb("promote", "US-70", "--to", "SIT", "--deploy", "--at", "2026-03-06T12:00")
    place.sb("promote", "US-71", "--to", "SIT", "--at", "2026-03-06T12:00", "--as", "bob")
    place.sb("revoke", "bob", "promote-next")
    place.sb("run-due")
    place.change("HF-4", {"web/fix-4.html": "fixed\n"}, stage="PROD")
    place.wait_until("2026-03-06T12:00:00+00:00")
    place.sb("run-due", exit=3)
    place.wait_until("2026-03-09T12:00:00+00:00")
    place.sb("promote", "US-72", "--to", "SIT", "--deploy", "--override-freeze", "--reason", "the auditor asked")
    place.wait_until("2026-03-10T12:00:00+00:00")
    place.sb("run-due")


def push(place):
    """What others did to branches: named, unnamed, taken back, merged, and rewritten."""
    place.on("dev", "US-80: straight to the branch", {"web/eighty.html": "80\n"})
    place.on("dev", "Straighten", {"web/straight.html": "straight\n"})
    place.sb("change", "attest", "US-80", "tested")
    place.git("checkout", "--quiet", "dev")
    place.git("revert", "--no-edit", "HEAD~1")
    place.git("checkout", "--quiet", "--detach", "root")
    place.change("US-81", {"web/eighty-one.html": "81\n"})
    place.on("dev", "US-82: soon amended", {"web/eighty-two.html": "82\n"})
    place.sb("change", "attest", "US-81", "tested")
    place.git("checkout", "--quiet", "dev")
    place.git("commit", "--quiet", "--amend", "--message", "US-82: amended")
    place.git("checkout", "--quiet", "--detach", "root")
    place.sb("change", "attest", "US-82", "tested", exit=3)
    place.sb("stage", "adopt", "DEV", "--reason", "the message was wrong")
    place.git("checkout", "--quiet", "dev")
    place.git("merge", "--quiet", "--strategy-option", "ours", "--message", "Merge sit into dev", "sit")
    place.git("checkout", "--quiet", "--detach", "root")
    place.sb("change", "attest", "US-82", "tested")


def leave_open(place):
    """What is under way when the story ends: a draft, an appointment, a conflict, and a job that waits for a task."""
    draft = place.sb("promote", "US-81", "--to", "SIT", "--draft", "--full-profiles", "--order-by", "title",
                     "--exclude-from-auto-resolve", "JSON,XML")["operation"]
    place.sb("promotion", "edit", draft, "--add", "US-73", "--release", "26.5", "--full-permission-sets")
    place.sb("promote", "US-11", "--from", "QA", "--to", "PROD", "--deploy", "--at", "2026-12-01T22:00")
    called_off = place.sb("promote", "US-73", "--to", "SIT", "--draft")["operation"]
    place.sb("promotion", "cancel", called_off, "--reason", "twice")
    place.change("US-90", {"web/open.html": "open\n"}, stage="SIT")
    place.change("US-91", {"web/open.html": "shut\n"})
    place.change("US-92", {"web/beside.html": "beside\n"})
    place.change("US-93", {"web/last.html": "last\n"})
    stopped = place.sb("promote", "US-91", "US-92", "--to", "SIT", exit=3)["operation"]
    place.sb("promotion", "drop", stopped, "US-91")
    place.sb("promote", "US-91", "US-93", "--to", "SIT", "--skip-conflicted", "--deploy")
    place.sb("promote", "US-91", "--to", "SIT", "--deploy", exit=3)
    place.change("US-94", {"web/task.html": "task\n"}, stage="SIT")
    place.sb("change", "task", "US-94", "--add", "rotate the key", "--area", "qa-web")
    place.sb("change", "task", "US-94", "--add", "tell the desk")
    place.sb("change", "task", "US-94", "--done", "2", "--area", "qa-cdn")
    place.sb("change", "task", "US-94", "--done", "2", "--area", "qa-box")
    place.sb("promote", "US-94", "--from", "SIT", "--to", "QA", "--deploy")


def asked(answer, area):
    return next(one["deployment"] for one in answer["deployments"] if one["area"] == area)
