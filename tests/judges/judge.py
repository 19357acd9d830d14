"""Judges merges that were left in a folder, one folder each: base, ours, theirs, merged.

Each result must be well-formed to a program that had no part in making it, and must hold what neither side deleted,
once. What is held is counted leaf by leaf: a leaf is the names above a value, and the value. When a side has n more
of a leaf than the base, so has the result; where both sides have the same number, they may have added the same one.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

READERS = {".yaml": "yq", ".toml": "tomlq", ".json": "jq"}
# xmldiff compares node by node: minutes for megabytes.
LARGEST_DIFFED = 200_000


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, **more).stdout


def without_comments(text):
    """jq reads no comments and no trailing commas; samples have them outside of strings, and only there."""
    import re

    string = r'"(?:\\.|[^"\\])*"'
    text = re.sub(rf"({string})|//[^\n]*|/\*.*?\*/", lambda found: found[1] or "", text, flags=re.S)
    return re.sub(rf"({string})|,(?=\s*[\]}}])", lambda found: found[1] or "", text)


def leaves_of_xml(path):
    lines = run("xmllint", "--nonet", "--noblanks", "--c14n", str(path)).decode()
    import xml.etree.ElementTree as tree

    found = Counter()

    def walk(element, above):
        above += (element.tag, *sorted(element.attrib.items()))
        found[(above, (element.text or "").strip() if len(element) == 0 else None)] += 1
        for child in element:
            walk(child, above)

    walk(tree.fromstring(lines), ())
    return found


def leaves_of_values(path):
    text = path.read_text()
    text = without_comments(text) if path.suffix == ".json" else text
    paths = run(READERS[path.suffix], "-c", "paths(scalars) as $p | [$p, getpath($p)]", input=text.encode())
    found = Counter()
    for line in paths.decode().splitlines():
        names, value = json.loads(line)
        # Places in lists shift; names do not.
        found[(tuple(name if isinstance(name, str) else "" for name in names), json.dumps(value))] += 1
    return found


def faults(folder):
    texts = {path.stem: path for path in folder.iterdir()}
    is_xml = texts["merged"].suffix == ".xml"
    if is_xml:
        run("xmllint", "--nonet", "--noout", str(texts["merged"]))
    read = leaves_of_xml if is_xml else leaves_of_values
    base, ours, theirs, merged = (read(texts[name]) for name in ("base", "ours", "theirs", "merged"))
    for leaf in base.keys() | ours.keys() | theirs.keys() | merged.keys():
        allowed = {ours[leaf] + theirs[leaf] - base[leaf]}
        if ours[leaf] == theirs[leaf]:
            allowed.add(ours[leaf])
        if merged[leaf] not in allowed:
            yield f"{leaf}: {base[leaf]} in base, {ours[leaf]} in ours, {theirs[leaf]} in theirs, {merged[leaf]} here"
    if is_xml and texts["merged"].stat().st_size < LARGEST_DIFFED:
        yield from kept_by_xmldiff(texts)


def kept_by_xmldiff(texts):
    """What xmldiff says was deleted on the way from ours to the result must be gone from theirs, too."""
    script = run("xmldiff", str(texts["ours"]), str(texts["merged"])).decode()
    deleted = sum(line.startswith("[delete,") for line in script.splitlines())
    script = run("xmldiff", str(texts["base"]), str(texts["theirs"])).decode()
    asked = sum(line.startswith("[delete,") for line in script.splitlines())
    if deleted > asked:
        yield f"xmldiff sees {deleted} nodes deleted from ours, and {asked} deleted by theirs"


def main(judged):
    folders = sorted(path for path in Path(judged).iterdir() if path.is_dir())
    bad = 0
    for folder in folders:
        try:
            found = list(faults(folder))
        except subprocess.CalledProcessError as error:
            found = [f"{error.cmd[0]}: {error.stderr.decode().strip()}"]
        for fault in found:
            print(f"{folder.name}: {fault}")
        bad += bool(found)
    print(f"{len(folders)} merges judged, {bad} of them bad")
    return 1 if bad or not folders else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
