"""Looks at the pipeline that is asked about, so that what is asked about is there: names for schemathesis to draw from.

    world.py ADDRESS TOKEN    prints schemathesis.toml
"""

import json
import sys
import urllib.request

ADDRESS, TOKEN = sys.argv[1:3]


def ask(path):
    request = urllib.request.Request(f"{ADDRESS}/api/v1{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def found(said, *names):
    """Every text or number that stands under one of these names, however deep."""
    if isinstance(said, dict):
        for name, value in said.items():
            if name in names and isinstance(value, (str, int)) and not isinstance(value, bool):
                yield value
            yield from found(value, *names)
    elif isinstance(said, list):
        for one in said:
            yield from found(one, *names)


def few(values):
    return list(dict.fromkeys(values))[:12]


here = "/pipelines/-"
status = ask(f"{here}/status")
deployments = ask(f"{here}/deployments")
names = {
    "change": few(found(ask(f"{here}/changes"), "change", "key")),
    "stage": few(found(status, "stage")),
    "area": few(found(ask(f"{here}/areas"), "area", "name")),
    "promotion": few(found(ask(f"{here}/promotions"), "promotion", "id", "operation")),
    "demotion": few(found(ask(f"{here}/demotions"), "demotion", "id", "operation")),
    "deployment": few(found(deployments, "deployment", "id")),
    "job": few(found(ask(f"{here}/jobs"), "job", "id")),
    "resolution": few(found(ask(f"{here}/resolutions"), "resolution", "id")),
    "user": few(found(ask("/users"), "name")),
    "token": few(found(ask("/tokens"), "id")),
    "version": [1, 2, 3],
    "group": ["administrators", "testers"],
}
for name, values in names.items():
    if values:
        print(f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n")
    else:
        print(f"there is no {name} to ask about", file=sys.stderr)
everything = few(str(value) for name in ("change", "stage", "area", "promotion") for value in names[name][:3])
print(f"[dictionaries.everything]\nvalues = {json.dumps(everything)}\n")
# What is asked about is there four times of five: an address of nothing tells little.
print('[parameters]\n"path.pipeline" = "-"')
for name, values in names.items():
    if values:
        print(f'"path.{name}" = {{ dictionary = "{name}", probability = 0.8 }}')
for name in ("change", "changes", "stage", "area", "to", "from", "at", "a", "b", "promotion"):
    of = {"changes": "change", "to": "stage", "from": "stage", "at": "stage", "a": "stage", "b": "stage"}.get(name, name)
    if names[of]:
        print(f'"query.{name}" = {{ dictionary = "{of}", probability = 0.7 }}')
print('\n[generation.dictionaries]\nstring = { dictionary = "everything", probability = 0.3 }')
