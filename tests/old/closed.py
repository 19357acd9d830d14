"""A repository with its areas, closed to the machine, and the program run in it."""
import ctypes
import datetime
import gzip
import io
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import tarfile

START = datetime.datetime(2026, 3, 2, 10, 0, tzinfo=datetime.timezone.utc)


def leave_the_machine():
    """Jobs name the host that runs them. What is kept for ever names none."""
    clone_newuts = 0x04000000
    if ctypes.CDLL(None, use_errno=True).unshare(clone_newuts):
        raise SystemExit("a host name of its own takes root, or `unshare --user --map-root-user` around this")
    socket.sethostname("fixture")


class Place:
    """`repo`, and beside it `areas` and `tools`; its clock moves ten minutes with every command."""

    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        self.now = START
        self.repo.mkdir(parents=True)

    @property
    def repo(self):
        return self.folder / "repo"

    @property
    def moment(self):
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def surroundings(self):
        person = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": self.moment}
        return {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent", "LOGNAME": "root", "NO_COLOR": "1", "LC_ALL": "C",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "SWITCHBACK_NOW": self.moment,
            **{f"GIT_{role}_{what}": said for role in ["AUTHOR", "COMMITTER"] for what, said in person.items()},
        }

    def later(self, **span):
        self.now += datetime.timedelta(**span)

    def wait_until(self, moment):
        then = datetime.datetime.fromisoformat(moment)
        if then < self.now:
            raise SystemExit(f"{moment} has passed, it is {self.moment}")
        self.now = then

    def twin(self, folder):
        """A copy that goes its own way from here."""
        twin = Place.__new__(Place)
        twin.program, twin.folder, twin.now = self.program, pathlib.Path(folder), self.now
        shutil.copytree(self.folder, twin.folder, symlinks=True)
        return twin

    def begin_repository(self):
        self.git("init", "--quiet", "--initial-branch=main")
        # Git tidies up in the background when it likes; what is kept shall not depend on when that was.
        self.git("config", "gc.auto", "0")
        self.git("config", "maintenance.auto", "false")

    # Relative folders only: no path of the machine may get into what is kept.

    def begin(self, *words):
        return subprocess.Popen([self.program, *words, "--json"], cwd=self.repo, env=self.surroundings,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, child, words, exit=0):
        out, err = child.communicate()
        if child.returncode != exit:
            raise SystemExit(f"{' '.join(words)}: exit {child.returncode}, not {exit}\n{out}{err}")
        return json.loads(out)

    def sb(self, *words, exit=0):
        self.later(minutes=10)
        return self.end(self.begin(*words), words, exit)

    def git(self, *words, said=""):
        ran = subprocess.run(["git", *words], cwd=self.repo, env=self.surroundings, input=said, capture_output=True,
                             text=True)
        if ran.returncode:
            raise SystemExit(f"git {' '.join(words)}: {ran.stdout}{ran.stderr}")
        return ran.stdout.strip()

    def write(self, path, text):
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        return place

    def files(self, files):
        for path, text in files.items():
            self.write(f"repo/{path}", text)

    def commit(self, message):
        self.git("add", "--all", "--", ".", ":!switchback.toml")
        self.git("commit", "--quiet", "--message", message)

    def on(self, branch, message, files):
        """A commit that somebody makes on a branch."""
        self.git("checkout", "--quiet", branch)
        self.files(files)
        self.commit(message)
        self.git("checkout", "--quiet", "--detach", "root")

    def branch(self, key, files, on="root"):
        self.git("checkout", "--quiet", "-B", f"feature/{key}", on)
        self.files(files)
        self.commit(f"{key} changes {', '.join(files)}")
        self.git("checkout", "--quiet", "--detach", "root")

    def change(self, key, files, on="root", stage="DEV", more=()):
        self.branch(key, files, on)
        return self.sb("change", "record", key, "--branch", f"feature/{key}", "--stage", stage, *more)

    def settle(self):
        """Nothing is under way, and the ledger is one file."""
        database = sqlite3.connect(self.repo / ".git/switchback/ledger.sqlite")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        for left in ["ledger.sqlite-wal", "ledger.sqlite-shm"]:
            (self.repo / ".git/switchback" / left).unlink(missing_ok=True)
        for sample in (self.repo / ".git/hooks").glob("*.sample"):
            sample.unlink()
        self.git("pack-refs", "--all")
        # Every object there is, reachable or not: a program may count on what no ref keeps yet. `git repack` would
        # not do, since the tree of a version with kept files names contents that the old program did not store.
        every = self.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
        one = self.git("pack-objects", "--quiet", ".git/objects/pack/pack", said=every + "\n")
        for pack in (self.repo / ".git/objects/pack").iterdir():
            if pack.stem != f"pack-{one}":
                pack.unlink()
        self.git("prune-packed", "--quiet")

    def pack(self, archive):
        """Owned by nobody, in one order, so that packing adds nothing of the machine."""
        def closed(member):
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            return member
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name in sorted(os.listdir(self.folder)):
                tar.add(self.folder / name, arcname=name, filter=closed)
        archive.write_bytes(gzip.compress(raw.getvalue(), mtime=0))

    def ask(self, *words):
        """Reads, without time passing."""
        return self.end(self.begin(*words), words)
