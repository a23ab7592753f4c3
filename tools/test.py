"""Run the tests, Python and JavaScript, and end with one line that says what ran.

Arguments go to pytest; with any, the JavaScript tests are left out.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

BUILD = Path("build/tests")
PARALLEL = ["-n", "2", "--dist", "loadfile"]


def ask(script: str) -> str | None:
    """Return the path that a finder script prints, or None when it finds nothing."""
    found = subprocess.run(["sh", script], stdout=subprocess.PIPE, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else None


def run_python(arguments: list[str], browser: str | None) -> tuple[bool, str]:
    """Run pytest; return whether it passed, and its counts in words."""
    report = BUILD / "python.xml"
    report.unlink(missing_ok=True)
    environment = os.environ | ({"CHROMIUM": browser} if browser else {})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # Hundreds of processes start.
    command = [sys.executable, "-m", "pytest", *PARALLEL, f"--junitxml={report}", *arguments]
    passed = subprocess.run(command, env=environment, check=False).returncode == 0
    if not report.exists():
        return False, "Python: did not start"
    suite = ElementTree.parse(report).getroot().find("testsuite")
    count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"]
    good = count["tests"] - failed - count["skipped"]
    return passed, f"Python: {good} passed, {failed} failed, {count['skipped']} skipped"


def run_javascript() -> tuple[bool, str]:
    """Run `node --test`; return whether it passed, and its counts in words."""
    files = sorted(str(path) for path in Path("tests/js").glob("**/*.test.js"))
    if not files:
        return True, "JavaScript: no tests"
    node = ask("tools/node.sh")
    if node is None:
        return False, "JavaScript: no Node found"
    report = BUILD / "javascript.tap"
    outputs = [("spec", "stdout"), ("tap", str(report))]
    reporters = [
        f"--test-reporter{option}={value}"
        for output in outputs
        for option, value in zip(("", "-destination"), output, strict=True)
    ]
    passed = subprocess.run([node, "--test", *reporters, *files], check=False).returncode == 0
    count = dict(re.findall(r"^# (pass|fail|skipped) (\d+)", report.read_text(), re.MULTILINE))
    words = f"{count['pass']} passed, {count['fail']} failed, {count['skipped']} skipped"
    return passed, f"JavaScript: {words}"


def main() -> None:
    """Run what was asked for and exit 1 when anything failed, or in CI had no browser."""
    BUILD.mkdir(parents=True, exist_ok=True)
    arguments = sys.argv[1:]
    browser = ask("tools/browser.sh")
    outcomes = [run_python(arguments, browser)]
    if not arguments:
        outcomes.append(run_javascript())
    if browser is None:
        outcomes.append((not os.environ.get("CI"), "NO BROWSER: nothing ran in Chromium"))
    passed = all(outcome for outcome, _ in outcomes)
    print("; ".join(["ok" if passed else "FAILED", *(words for _, words in outcomes)]))
    sys.exit(not passed)


main()
