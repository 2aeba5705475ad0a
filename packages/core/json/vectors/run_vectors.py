#!/usr/bin/env python3
"""Checks the conformance vectors with python3-jsonschema: every verdict must be the one in the vector, and the place of
an error must be the vector's, or one a prefix of the other (a missing member is named by its parent here).

    python3 run_vectors.py [DIRECTORY_OF_VECTORS ...]
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

HERE = Path(__file__).resolve().parent
SCHEMAS = HERE.parent


def pointer(path):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def is_same_place(one, other):
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith(shorter + "/")


def disagreement(validator, vector):
    """Says in what the validator disagrees with the vector, or None."""
    errors = sorted(validator.iter_errors(vector["document"]), key=lambda error: len(error.absolute_path))
    if vector["valid"]:
        return f"refused: {errors[0].message[:100]}" if errors else None
    if not errors:
        return "accepted"
    places = [pointer(error.absolute_path) for error in errors]
    if any(is_same_place(place, vector["path"]) for place in places):
        return None
    return f"refused at {places[0]} and not at {vector['path']}"


def run(directory):
    count = failures = 0
    for file in sorted(directory.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        schema = json.loads((SCHEMAS / content["schema"]).read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for vector in content["vectors"]:
            count += 1
            problem = disagreement(validator, vector)
            if problem:
                failures += 1
                print(f"{file.name}: {vector['title']}: {problem}")
    return count, failures


def main():
    released = HERE / "released"
    directories = [Path(name) for name in sys.argv[1:]]
    directories = directories or [HERE, *(sorted(released.iterdir()) if released.is_dir() else [])]
    results = [run(directory) for directory in directories]
    count, failures = (sum(column) for column in zip(*results))
    print(f"{count} vectors, {failures} disagree")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
