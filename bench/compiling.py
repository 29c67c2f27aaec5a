"""Compiling the sample issue, against npm's mjml and juice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import partial
from pathlib import Path
from time import process_time
from typing import IO
from unittest.mock import patch

from bench.measuring import Line, Table, in_turns, paired
from bench.newsletter import SAMPLE, copy_sample
from bench.scope import Scope
from bench.sinks import Missing, tool
from dispatch.content.issue import Issue
from dispatch.project import Project
from dispatch.rendering.inlining import inline
from dispatch.rendering.mjml import to_html


def compare(scope: Scope) -> Table:
    """Both write HTML with its styles inline from the same MJML; both are warm."""
    npm, node = tool("npm", "npm"), tool("node", "nodejs")
    folder = copy_sample(scope.folder / "compile")
    with Project.open(folder, environ=os.environ) as project:
        issue = project.read_issue(SAMPLE)
        mjml, css = _sources(project)
        versions = _install(npm, folder)
        (folder / "source.json").write_text(json.dumps({"mjml": mjml, "css": css}), "utf-8")
        with subprocess.Popen(
            [node, "compile.mjs"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin
            assert process.stdout
            theirs = partial(_node, process.stdin, process.stdout)
            ours = partial(_compile, project, issue)
            in_turns(scope.pick(tiny=1, quick=5, usual=10), ours, theirs)  # until both are warm
            pair = paired(*in_turns(scope.pick(tiny=1, quick=9, usual=21), ours, theirs))
            process.stdin.close()
    return Table(
        "Compile",
        f"The sample issue {SAMPLE}, both sides warm: dispatch from YAML to checked HTML, text and merge fields; "
        f"{versions} from the same MJML to HTML with the same styles inline.",
        ("dispatch", "mjml + juice"),
        [Line("CPU an issue", f"{pair.ours * 1e3:.1f} ms", f"{pair.theirs * 1e3:.1f} ms", pair.ratio)],
    )


def _compile(project: Project, issue: Issue) -> float:
    """One compilation; the CPU time in seconds."""
    start = process_time()
    project.compile(issue, embed=False)
    return process_time() - start


def _sources(project: Project) -> tuple[str, str]:
    """The MJML that our own compiler renders, and the styles that it puts inline."""
    with (
        patch("dispatch.rendering.compiler.to_html", wraps=to_html) as render,
        patch("dispatch.rendering.compiler.inline", wraps=inline) as put_inline,
    ):
        project.compile(project.read_issue(SAMPLE), embed=False)
    return render.call_args.args[0], put_inline.call_args.args[1]


def _install(npm: str, folder: Path) -> str:
    """mjml and juice from npm's registry, with their versions; raises Missing where it cannot be reached."""
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "mjml", "juice"]
    (folder / "package.json").write_text('{"private": true}', "utf-8")
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=180)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise Missing("npm could not install mjml and juice") from None
    shutil.copy(Path(__file__).with_name("compile.mjs"), folder)
    named = {
        name: json.loads((folder / "node_modules" / name / "package.json").read_text("utf-8"))["version"]
        for name in ("mjml", "juice")
    }
    return " and ".join(f"{name} {version}" for name, version in named.items())


def _node(question: IO[str], answer: IO[str]) -> float:
    """One compilation; the CPU time in seconds."""
    question.write("\n")
    question.flush()
    return float(answer.readline())
