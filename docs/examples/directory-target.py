#!/usr/bin/env python3
"""A Switchback target in little more than 100 lines: keeps an area in a directory.

    target = { command = ["docs/examples/directory-target.py", "/srv/qa/web"] }

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


def put(request):
    if any(change["after"] and change["after"]["mode"] == "submodule" for change in request["changes"]):
        sys.exit("this target knows no submodules")
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
    os.makedirs(ROOT, exist_ok=True)
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
