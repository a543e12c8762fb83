"""Small checks of every file: one newline at the end, no stray blanks, TOML that reads."""

import subprocess
import sys
import tomllib
from pathlib import Path

TEXT = {"", ".cfg", ".css", ".md", ".py", ".pyi", ".sh", ".toml", ".ts", ".txt", ".yaml", ".yml"}


def faults(path: Path) -> list[str]:
    data = path.read_bytes()
    if path.suffix not in TEXT or b"\0" in data:
        return []
    found = []
    if data and (not data.endswith(b"\n") or data.endswith(b"\n\n")):
        found.append(f"{path}: must end with one newline")
    if b"\r" in data:
        found.append(f"{path}: must have Unix line ends")
    lines = data.split(b"\n")
    found += [
        f"{path}:{n}: ends in a blank" for n, line in enumerate(lines, 1) if line != line.rstrip()
    ]
    if path.suffix == ".toml":
        try:
            tomllib.loads(data.decode())
        except tomllib.TOMLDecodeError as error:
            found.append(f"{path}: {error}")
    return found


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [Path(name) for name in listed.split("\0") if name]
    found = [fault for path in paths if path.is_file() for fault in faults(path)]
    print("\n".join(found), end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
