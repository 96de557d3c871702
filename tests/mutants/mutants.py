#!/usr/bin/env python3
"""Small changes to the code, each of which some test has to notice.

A tool for developers; no test runs it. All mutants go into one build: each changed place asks, while
it runs, which mutant is the active one (environment variable MUTANT), so a mutant costs a run of tests
and no build. What is changed are operators of comparison, logic and arithmetic, signs, and bodies of
functions that give a number, a truth, nothing, an option or a list; and whatever a person thought of,
which stands in named.json. Constants, macros' arguments and tests are left alone, and so is what would
not compile.

    pip install tree-sitter==0.26.1 tree-sitter-rust==0.24.2
    tests/mutants/mutants.py prepare DIR [MODULE …]    # a copy of HEAD, changed and compiled
    tests/mutants/mutants.py run DIR [--sample N]      # goes on where it stopped
    tests/mutants/mutants.py report DIR                # the share caught, and who survived

MODULE is a folder of src: kernel, model, baseline, training and experiment if none is named. Before
the first mutant it is recorded by which mutants each test comes, and how long it takes. A mutant meets
no other tests than these: first the quick ones of its folder, then its slow ones (but not under
`--quick`), then those of the other folders (`--deep`), until one fails. It is caught if one fails, or
if they take five times the seconds of the processors that they take without it, which other work
beside does not lengthen. The copy in DIR is a worktree: `git worktree remove --force DIR/tree` takes
it away.
"""

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import tree_sitter
import tree_sitter_rust

FOLDERS = ["kernel", "model", "baseline", "training", "experiment"]
# Seconds of tests that are run first, and of those that count as quick.
FIRST, QUICK = 0.3, 2
# Bytes of address space that the tests may have.
MEMORY = 16 << 30

BINARY = {
    "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
    "<": ["<=", ">"], ">": [">=", "<"], "<=": ["<", ">"], ">=": [">", "<"],
    "+": ["-", "*"], "-": ["+", "/"], "*": ["+", "/"], "/": ["*", "%"], "%": ["/", "+"],
    "&": ["|"], "|": ["&"], "^": ["&"], "<<": [">>"], ">>": ["<<"],
}
COMPOUND = {"+=": ["-=", "*="], "-=": ["+=", "/="], "*=": ["+=", "/="], "/=": ["*=", "+="],
            "&=": ["|="], "|=": ["&="], "^=": ["&="]}

# What is compiled into the crate beside the changed code.
SWITCH = """//! Which mutant is active, and which were asked for.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static mut ACTIVE: u32 = 0;
/// As the active one: none is, and who asks is written to the file MUTANT_SEEN at the end.
const RECORD: u32 = u32::MAX;
static SEEN: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

/// Read before any test begins.
#[unsafe(link_section = ".init_array")]
#[used]
static READ: extern "C" fn() = {
    extern "C" fn read() {
        let chosen = std::env::var("MUTANT").ok().and_then(|id| id.parse().ok());
        unsafe { ACTIVE = chosen.unwrap_or(0) }
    }
    read
};

#[unsafe(link_section = ".fini_array")]
#[used]
static WRITE: extern "C" fn() = {
    extern "C" fn write() {
        if let Ok(path) = std::env::var("MUTANT_SEEN") {
            let seen = (0..COUNT).filter(|&id| SEEN[id].load(Relaxed));
            let text: Vec<String> = seen.map(|id| id.to_string()).collect();
            let _ = std::fs::write(path, text.join(" "));
        }
    }
    write
};

#[inline(always)]
pub fn is(id: u32) -> bool {
    let active = unsafe { ACTIVE };
    if active == RECORD && !SEEN[id as usize].load(Relaxed) {
        SEEN[id as usize].store(true, Relaxed);
    }
    active == id
}
"""
RECORD = 2**32 - 1


def bodies(of: str) -> list[str]:
    """The values that a function of this type is made to give."""
    of = of.strip()
    if of in ("", "()"):
        return [""]
    if of == "bool":
        return ["true", "false"]
    if of in ("f32", "f64"):
        return ["0.0", "1.0"]
    if re.fullmatch(r"[ui](8|16|32|64|size)", of):
        return ["0", "1"]
    if of == "T":
        return ["T::zero()", "T::one()"]
    if of.startswith("Option<"):
        return ["None"]
    if of.startswith("Vec<"):
        return ["Vec::new()"]
    if of == "String":
        return ["String::new()"]
    if re.match(r"(io::)?Result<\(\)", of):
        return ["Ok(())"]
    if match := re.match(r"Result<(Option|Vec)<", of):
        return ["Ok(None)" if match[1] == "Option" else "Ok(Vec::new())"]
    return []


class File:
    """One source file, and its mutants."""

    def __init__(self, path: Path, name: str, dropped: set, numbers: dict):
        self.source = path.read_bytes()
        self.name, self.dropped, self.numbers = name, dropped, numbers
        self.function = ""
        self.found: list[dict] = []
        language = tree_sitter.Language(tree_sitter_rust.language())
        self.tree = tree_sitter.Parser(language).parse(self.source)

    def text(self, node) -> str:
        return self.source[node.start_byte:node.end_byte].decode()

    def mutant(self, node, was: str, becomes: str) -> int | None:
        """The number of a mutant, or nothing if it does not compile."""
        line, column = node.start_point.row + 1, node.start_point.column
        key = f"{self.name}:{line}:{column}: {was or '()'} -> {becomes or '()'}"
        if key in self.dropped:
            return None
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        self.found.append({"id": number, "key": key, "file": self.name, "function": self.function})
        return number

    def alternatives(self, choices, rest: str) -> str:
        """`rest`, unless a mutant is active. Marks say to whom a compiler's error belongs."""
        for number, text in reversed([c for c in choices if c[0] is not None]):
            rest = (f"if crate::mutant::is({number}) {{ /*<{number}*/ {text} /*{number}>*/ }}"
                    f" else {{ {rest} }}")
        return rest

    def flat(self, node) -> str:
        return " ".join(re.sub(r"//[^\n]*", "", self.text(node)).split())

    def render(self, node) -> str:
        kind = node.type
        if kind in ("const_item", "static_item", "attribute_item", "inner_attribute_item",
                    "macro_invocation", "macro_definition", "array_type", "match_pattern",
                    "type_arguments", "line_comment", "block_comment", "string_literal"):
            return self.text(node)
        if kind == "mod_item" and self.text(node).startswith("mod tests"):
            return self.text(node)
        if kind == "function_item":
            return self.render_function(node)
        if kind == "binary_expression":
            return self.render_binary(node)
        if kind == "compound_assignment_expr":
            return self.render_compound(node)
        if kind == "unary_expression" and self.text(node)[0] in "!-":
            return self.render_unary(node)
        return self.children(node)

    def children(self, node, replaced=()) -> str:
        """A node as it is, its children rendered, or replaced where `replaced` says."""
        replaced = dict(replaced)
        out, at = "", node.start_byte
        for child in node.children:
            out += self.source[at:child.start_byte].decode()
            out += replaced.get(child.id) or self.render(child)
            at = child.end_byte
        return out + self.source[at:node.end_byte].decode()

    def render_function(self, node) -> str:
        name = self.text(node.child_by_field_name("name"))
        head = self.source[node.start_byte:node.child_by_field_name("name").start_byte].decode()
        body = node.child_by_field_name("body")
        if "const" in head.split() or name in ("fmt", "default", "clone", "drop"):
            return self.text(node)
        outer, self.function = self.function, name
        inside = self.children(body)
        returns = node.child_by_field_name("return_type")
        given = self.text(returns) if returns else ""
        first = ""
        for value in bodies(given):
            if self.flat(body).strip("{} ") == value:
                continue
            number = self.mutant(node, f"fn {name}", value)
            if number is not None:
                first += (f" if crate::mutant::is({number}) {{ /*<{number}*/ return {value};"
                          f" /*{number}>*/ }}")
        self.function = outer
        return self.children(node, [(body.id, "{" + first + inside[1:])])

    def render_binary(self, node) -> str:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = self.text(node.child_by_field_name("operator"))
        if "let " in self.text(left) or "let " in self.text(right):
            return self.children(node)
        plain = [self.flat(side) for side in (left, right)]
        choices = [(self.mutant(node.child_by_field_name("operator"), operator, other),
                    f"({plain[0]}) {other} ({plain[1]})") for other in BINARY.get(operator, [])]
        if not any(number for number, _ in choices):
            return self.children(node)
        return f"({self.alternatives(choices, f'({self.children(node)})')})"

    def render_compound(self, node) -> str:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = self.text(node.child_by_field_name("operator"))
        choices = [(self.mutant(node.child_by_field_name("operator"), operator, other),
                    f"{self.flat(left)} {other} {self.flat(right)}")
                   for other in COMPOUND.get(operator, [])]
        if not any(number for number, _ in choices):
            return self.children(node)
        return "{ " + self.alternatives(choices, self.children(node)) + " }"

    def render_unary(self, node) -> str:
        sign, operand = self.text(node)[0], node.children[-1]
        number = self.mutant(node, sign, "nothing")
        if number is None:
            return self.children(node)
        return f"({self.alternatives([(number, self.flat(operand))], self.children(node))})"


class Work:
    """The folder, and what is known of its mutants."""

    def __init__(self, folder: str):
        self.folder = Path(folder).resolve()
        self.tree = self.folder / "tree"
        self.path = self.folder / "mutants.json"
        self.state = {"dropped": [], "mutants": [], "results": {}, "tests": {}}
        if self.path.exists():
            self.state = json.loads(self.path.read_text())

    def save(self):
        self.path.write_text(json.dumps(self.state, indent=1))

    def environment(self, **more):
        target = os.environ.get("CARGO_TARGET_DIR", str(self.folder / "target"))
        return {**os.environ, "CARGO_TARGET_DIR": target, "CARGO_PROFILE_DEV_DEBUG": "false", **more}

    # --- preparation

    def prepare(self, folders):
        self.folder.mkdir(parents=True, exist_ok=True)
        git = ["git", "-C", str(Path(__file__).parent)]
        head = subprocess.check_output([*git, "rev-parse", "HEAD"], text=True).strip()
        if not self.tree.exists():
            subprocess.run([*git, "worktree", "add", "--detach", self.tree, head], check=True)
        if self.state.get("commit") != head:
            subprocess.run(["git", "-C", self.tree, "checkout", "--force", "--detach", head], check=True)
            # Places are lines of the sources, which are others now.
            self.state["dropped"], self.state["commit"] = [], head
        self.state["folders"] = folders
        rounds = 0
        while errors := self.check(self.write()):
            rounds += 1
            print(f"round {rounds}: {len(errors)} mutants do not compile", flush=True)
            self.state["dropped"] += errors
            self.save()
        self.state["results"], self.state["tests"] = {}, {}
        self.save()
        print(f"{len(self.state['mutants'])} mutants, {len(self.state['dropped'])} left out")
        self.build()

    def write(self) -> dict:
        """The changed sources. Gives each file's text."""
        run = lambda *words: subprocess.run(["git", "-C", self.tree, *words], check=True)
        run("checkout", "--quiet", "--", "src")
        library = self.tree / "src/lib.rs"
        text = library.read_text()
        switch = "#[allow(warnings, unsafe_code)]\npub mod mutant;\n"
        library.write_text(re.sub(r"(?m)^pub mod ", switch + "pub mod ", text, count=1))
        dropped, texts, numbers = set(self.state["dropped"]), {}, {}
        mutants = self.named(numbers)
        for folder in self.state["folders"]:
            for path in sorted((self.tree / "src" / folder).rglob("*.rs")):
                name = str(path.relative_to(self.tree / "src"))
                if path.stem.endswith("tests") or path.stem == "reference":
                    continue
                file = File(path, name, dropped, numbers)
                texts[f"src/{name}"] = file.render(file.tree.root_node)
                path.write_text(texts[f"src/{name}"])
                mutants += file.found
        self.state["mutants"] = mutants
        (self.tree / "src/mutant.rs").write_text(SWITCH.replace("COUNT", str(len(numbers) + 1)))
        return texts

    def named(self, numbers) -> list[dict]:
        """Makes the changes of named.json, whose @ asks whether its mutant is the active one."""
        changes = json.loads((Path(__file__).parent / "named.json").read_text())
        found = []
        for change in changes:
            name = change["edits"][0][0]
            if name.split("/")[0] not in self.state["folders"]:
                continue
            key = f"{name}: {change['name']}"
            number = numbers.setdefault(key, len(numbers) + 1)
            found.append({"id": number, "key": key, "file": name, "function": "named.json"})
            for name, old, new in change["edits"]:
                path = self.tree / "src" / name
                text = path.read_text()
                if text.count(old) != 1:
                    sys.exit(f"{name} does not have once: {old}")
                path.write_text(text.replace(old, new.replace("@", f"crate::mutant::is({number})")))
        return found

    def check(self, texts) -> list[str]:
        """The mutants that the compiler refuses."""
        words = ["cargo", "test", "--lib", "--no-run", "--message-format=json", "-q"]
        out = subprocess.run(words, cwd=self.tree, env=self.environment(), capture_output=True)
        keys = {m["id"]: m["key"] for m in self.state["mutants"]}
        refused, strange = set(), []
        for line in out.stdout.splitlines():
            message = json.loads(line).get("message", {})
            if message.get("level") != "error" or not message.get("spans"):
                continue
            found = [n for span in message["spans"] for n in self.blamed(span, texts)]
            refused |= {keys[n] for n in found if n in keys}
            if not found:
                strange.append(message["rendered"])
        if strange and not refused:
            sys.exit("errors that belong to no mutant:\n" + "\n".join(strange[:3]))
        if out.returncode and not refused and not strange:
            sys.exit(out.stderr.decode()[-3000:])
        return sorted(refused)

    @staticmethod
    def blamed(span, texts) -> list[int]:
        """Who wrote what the compiler points at: the innermost mutant around it, or those in it."""
        text = texts.get(span["file_name"])
        if text is None:
            return []
        raw = text.encode()
        start, end = span["byte_start"], span["byte_end"]
        around, inside = None, []
        for match in re.finditer(rb"/\*<(\d+)\*/", raw):
            number = int(match[1])
            closes = raw.find(b"/*%d>*/" % number, match.end())
            if match.start() <= start and end <= closes:
                around = number
            elif start <= match.start() < end:
                inside.append(number)
        return [around] if around is not None else inside

    def build(self):
        words = ["cargo", "test", "--lib", "--no-run", "--message-format=json", "-q"]
        out = subprocess.run(words, cwd=self.tree, env=self.environment(), stdout=subprocess.PIPE)
        made = [json.loads(line).get("executable") for line in out.stdout.splitlines()]
        self.state["program"] = [path for path in made if path][-1]
        self.save()

    # --- runs

    def tests(self, names, mutant, cpu, wall):
        """Runs the tests until one fails. Gives what became of them, and the seconds of processors.

        What a mutant may take is counted in the processors' time, which other work beside does not
        lengthen; in the clock's, which a thread that waits for ever needs, with much more room."""
        scratch = self.folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()

        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.Popen(
            [self.state["program"], "--exact", *names], cwd=self.tree, process_group=0,
            env=self.environment(MUTANT=str(mutant), MUTANT_SEEN=str(scratch / "seen"),
                                 RUST_BACKTRACE="0", TMPDIR=str(scratch)),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=limits)
        late = threading.Timer(wall, lambda: os.killpg(run.pid, 9))
        late.start()
        failed = None
        for line in run.stdout:
            if match := re.match(r"test (\S+) (- .*)?\.\.\. .*FAILED", line):
                failed = match[1]
                os.killpg(run.pid, 9)
        code = run.wait()
        outcome = "passed" if code == 0 else failed
        if outcome is None:
            late_by = "clock" if not late.is_alive() else "processor"
            outcome = f"late by the {late_by}" if code in (-9, -24) else f"ended with {code}"
        late.cancel()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return outcome, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def look(self, folders):
        """Which mutants each test of these folders comes by, and what it takes."""
        listed = subprocess.check_output([self.state["program"], "--list"], text=True)
        for name in re.findall(r"(?m)^(\S+): test$", listed):
            if name.split("::")[0] not in folders or name in self.state["tests"]:
                continue
            outcome, seconds = self.tests([name], RECORD, 3600, 3600)
            if outcome != "passed":
                sys.exit(f"{name} without a mutant: {outcome}")
            seen = (self.folder / "scratch/seen").read_text().split()
            self.state["tests"][name] = {"seconds": seconds, "seen": [int(word) for word in seen]}
            print(f"{name}: {seconds:.1f} s", flush=True)
            self.save()

    def stage(self, mutant, stage):
        """Groups of tests that come by a mutant: quick ones of its folder, slow ones, the others'."""
        seconds = {name: test["seconds"] for name, test in self.state["tests"].items()
                   if mutant["id"] in self.seen[name]}
        folder = mutant["file"].split("/")[0] + "::"
        own = {name for name in seconds if name.startswith(folder)}
        quick = {name for name in own if seconds[name] < QUICK}
        first = {name for name in quick if seconds[name] < FIRST}
        groups = [[first, quick - first], [own - quick], [set(seconds) - own]][stage]
        return [(sorted(names), sum(seconds[name] for name in names)) for names in groups if names]

    def run(self, sample, last, only):
        mutants = [m for m in self.state["mutants"] if m["file"].startswith(only)]
        own = {mutant["file"].split("/")[0] for mutant in mutants}
        self.look(self.state["folders"] if last == 2 else own)
        self.seen = {name: set(test["seen"]) for name, test in self.state["tests"].items()}
        if sample:
            mutants = random.Random(0).sample(mutants, min(sample, len(mutants)))
        for stage in range(last + 1):
            for mutant in mutants:
                result = self.state["results"].get(mutant["key"], {"stage": -1, "caught": False})
                if result["caught"] or result["stage"] >= stage:
                    continue
                outcome = "passed"
                for names, usual in self.stage(mutant, stage):
                    outcome, _ = self.tests(
                        names, mutant["id"], int(5 * usual) + 10, 100 * usual + 600)
                    if outcome != "passed":
                        break
                self.state["results"][mutant["key"]] = {
                    "stage": stage, "caught": outcome != "passed", "by": outcome}
                self.save()
            self.report(quiet=True)

    def report(self, quiet=False):
        results = self.state["results"]
        for folder in self.state["folders"]:
            here = [m for m in self.state["mutants"]
                    if m["file"].startswith(folder) and m["key"] in results]
            caught = [m for m in here if results[m["key"]]["caught"]]
            if here:
                print(f"{folder}: {len(caught)} of {len(here)} caught, {len(caught) / len(here):.1%}")
            for mutant in here:
                if not quiet and not results[mutant["key"]]["caught"]:
                    print(f"    {mutant['key']}   in {mutant['function']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["prepare", "run", "report"])
    parser.add_argument("folder")
    parser.add_argument("modules", nargs="*", default=[])
    parser.add_argument("--sample", type=int, help="so many mutants, drawn at random")
    tests = parser.add_mutually_exclusive_group()
    tests.add_argument("--quick", action="store_true", help="no slow tests")
    tests.add_argument("--deep", action="store_true", help="survivors meet all folders' tests")
    parser.add_argument("--only", default="", help="files whose path begins so")
    options = parser.parse_args()
    work = Work(options.folder)
    if options.what == "prepare":
        work.prepare(options.modules or FOLDERS)
    elif options.what == "run":
        work.run(options.sample, 0 if options.quick else 2 if options.deep else 1, options.only)
    else:
        work.report()


if __name__ == "__main__":
    main()
