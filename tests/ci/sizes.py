"""No Rust source file is longer than 600 lines; more than 500 is told."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT, NOTICE = 600, 500


def main():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.rs"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    sizes = sorted(
        ((len((ROOT / name).read_text().splitlines()), name) for name in listed if name and (ROOT / name).exists()),
        reverse=True,
    )
    for lines, name in sizes:
        if lines > NOTICE:
            print(f"{lines:5} {name}{'  over the limit of ' + str(LIMIT) if lines > LIMIT else ''}")
    print(f"{len(sizes)} files, {sum(lines for lines, _ in sizes)} lines, the longest has {sizes[0][0]}")
    return 1 if sizes[0][0] > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
