#!/usr/bin/env python3
"""A Switchback target in some 150 lines: keeps an area in a directory.

    target = { command = ["docs/examples/directory-target.py", "/srv/qa/web"], check_put = true }

docs/targets.md explains the protocol. Put your own storage where this one opens files.
"""
import hashlib
import json
import os
import re
import stat
import sys

ROOT, VERB = os.fsencode(sys.argv[1]), sys.argv[2]


def place(path):
    """The file of a path: a backslash is doubled in it, and a byte that is no UTF-8 is \\xNN."""
    raw = re.sub(rb"\\(\\|x([0-9a-f]{2}))", lambda m: bytes.fromhex(m[2].decode()) if m[2] else b"\\", path.encode())
    return os.path.join(ROOT, raw)


def standing(path):
    """What stands at a path, as the tree of a git commit would name it."""
    try:
        info = os.lstat(place(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISDIR(info.st_mode):
        return None
    content = fetch(path)
    mode = "symlink" if stat.S_ISLNK(info.st_mode) else "executable" if info.st_mode & 0o100 else "file"
    return {"mode": mode, "id": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()}


def fetch(path):
    if os.path.islink(place(path)):
        return os.readlink(place(path))
    with open(place(path), "rb") as file:
        return file.read()


def discard(name):
    try:
        os.unlink(name)
        return True
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


def remove(path):
    """Removes a file, what a stopped write left beside it, and the folders that are empty without it."""
    if discard(fresh(path)) | discard(place(path)):
        folder = os.path.dirname(place(path))
        while folder != ROOT and not os.listdir(folder):
            os.rmdir(folder)
            folder = os.path.dirname(folder)


def fresh(path):
    return place(path) + b".switchback-new"


def write(path, leaf, blobs):
    with open(os.path.join(blobs, leaf["id"]), "rb") as file:
        content = file.read()
    os.makedirs(os.path.dirname(place(path)), exist_ok=True)
    discard(fresh(path))
    if leaf["mode"] == "symlink":
        os.symlink(content, fresh(path))
    else:
        store(fresh(path), content, 0o777 if leaf["mode"] == "executable" else 0o666)
    os.replace(fresh(path), place(path))


def store(name, content, bits=0o600):
    with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, bits), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def check():
    """Says whether the place can be written, and writes nothing."""
    folder = ROOT
    while not os.path.lexists(folder) and os.path.dirname(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder or b".") or not os.access(folder or b".", os.W_OK | os.X_OK):
        sys.exit(f"cannot write in {os.fsdecode(folder)}")


def check_put(request):
    """Says what a put would stumble over, and writes nothing."""
    check()
    refuse_submodules(request)
    leaving = {place(change["path"]) for change in request["changes"] if change["after"] is None}
    for change in request["changes"]:
        if change["after"] is not None:
            if not os.path.isfile(os.path.join(request["blobs"], change["after"]["id"])):
                sys.exit(f"no content was handed over for {change['path']}")
            make_way(place(change["path"]), leaving)


def make_way(name, leaving):
    """Nothing but what leaves may stand where a file or one of its folders shall be."""
    if os.path.isdir(name) and not os.path.islink(name):
        inside = [os.path.join(folder, one) for folder, _, files in os.walk(name) for one in files]
        if not inside or any(one not in leaving for one in inside):
            sys.exit(f"{os.fsdecode(name)} is a folder that stays")
    folder = os.path.dirname(name)
    while folder != ROOT:
        if os.path.lexists(folder) and not os.path.isdir(folder) and folder not in leaving:
            sys.exit(f"{os.fsdecode(folder)} is no folder")
        folder = os.path.dirname(folder)


def refuse_submodules(request):
    if any(change["after"] and change["after"]["mode"] == "submodule" for change in request["changes"]):
        sys.exit("this target knows no submodules")


def put(request):
    refuse_submodules(request)
    # What is deleted makes room first: a file may take the place of a folder.
    for change in request["changes"]:
        if change["after"] is None:
            remove(change["path"])
    for change in request["changes"]:
        if change["after"] is not None:
            write(change["path"], change["after"], request["blobs"])


def document(name):
    return os.path.join(ROOT, b".switchback", os.fsencode(name))


def load(name):
    try:
        with open(document(name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def save(name, content):
    os.makedirs(os.path.dirname(document(name)), exist_ok=True)
    store(document(name) + b".new", content.encode())
    os.replace(document(name) + b".new", document(name))


request = json.load(sys.stdin)
if VERB == "check":
    check()
elif VERB == "check-put":
    check_put(request)
elif VERB == "read":
    json.dump({"leaves": [standing(path) for path in request["paths"]]}, sys.stdout)
elif VERB == "fetch":
    sys.stdout.buffer.write(fetch(request["path"]))
elif VERB == "put":
    put(request)
elif VERB == "load":
    sys.stdout.buffer.write(load(request["name"]))
elif VERB == "save":
    save(request["name"], request["document"])
else:
    sys.exit(f"unknown verb {VERB}")
