import { RecordingStoreError } from "./errors.js";

/**
 * The folder that the recordings of a test are kept in, as a path from the root of the repository: for
 * `tests/integration/responses/test_x.py::name[params]` it is `tests/integration/responses/recordings`. Calls outside of a
 * test have none: that is "", the base folder.
 * @throws RecordingStoreError `bad-test-id` when the path would leave the repository
 */
export function testFolder(testId: string | null | undefined): string {
  if (testId === null || testId === undefined || testId === "") return "";
  const [file = ""] = testId.split("::", 1);
  // A backslash is part of a name on one system and parts names on another, where it must not lead out either.
  const reason = /^(?:[/\\]|[a-z]:)/i.test(file)
    ? "begins at the root of a disk"
    : file.split(/[/\\]/).includes("..")
      ? "leads out of its folder by '..'"
      : file.includes("\0")
        ? "holds a NUL character"
        : undefined;
  if (reason !== undefined) {
    const cure = "give a path from the root of the repository, such as tests/test_x.py::name";
    throw new RecordingStoreError("bad-test-id", `test id ${JSON.stringify(testId)} ${reason}: ${cure}`);
  }
  const names = file.split("/").filter((name) => name !== "" && name !== ".");
  return [...names.slice(0, -1), "recordings"].join("/");
}
