"""The joined scripts: nothing but comments and blanks is lost, and what cannot be joined is refused by name."""

from __future__ import annotations

import re
from graphlib import CycleError
from pathlib import Path

import pytest

import wonward
from wonward.edges.commands.script_bundles import PARTS, join_scripts, read_module
from wonward.edges.commands.script_minifier import minify

STATIC = Path(wonward.__file__).parent / "edges/web/static"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("const a = 1; // one\nconst b = 2;", "const a=1;const b=2;"),
        ("/* a\n b */ let x", "let x"),
        ("const url = 'http://x'; // y", "const url='http://x';"),
        ('say("/* no comment */");', 'say("/* no comment */");'),
        ("const t = `a  // ${ b /* c */ + `${ d }` }  e`;", "const t=`a  // ${ b /* c */ + `${ d }` }  e`;"),
        ("text.split(/[/]\\/\\/ /g)", "text.split(/[/]\\/\\/ /g)"),
        ("return /'/.test(x)", "return/'/.test(x)"),
        ("a / b / c", "a/b/c"),
        ("a + +b - -c", "a+ +b- -c"),
        ("let a = 1\nlet b = 2\n[a, b]", "let a=1\nlet b=2\n[a,b]"),
        ("return\nvalue", "return\nvalue"),
        ("first\n  .then(next)\n  ?.call()", "first.then(next)?.call()"),
        ("class A {\n  get x() { return 1; }\n  #y = 2;\n}", "class A{get x(){return 1;}\n#y=2;}"),
    ],
)
def test_only_comments_and_needless_blanks_go(written: str, kept: str) -> None:
    assert minify(written) == kept
    assert minify(kept) == kept


@pytest.mark.parametrize("broken", ["'open", "`open ${a", "x = /open"])
def test_what_never_ends_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match="never ends"):
        minify(broken)


def test_imports_and_exports_become_statements() -> None:
    module = read_module("x", "import { a, b as c } from './one.js';\nimport './two.js';\nexport const d = 1;\nexport async function e() { return import('./late.js'); }\n")
    assert module.needs == ("one", "two")
    assert module.body.startswith('const{a,b:c}=wonward.need("one");wonward.need("two");const d=1;')
    assert 'wonward.load("late")' in module.body
    assert module.body.endswith("return{d,e}")


@pytest.mark.parametrize("text", ["export default 1;", "import * as all from './a.js';", "export { a };", "import(name)", "use(import.meta.url)"])
def test_a_form_that_cannot_be_joined_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"x\.js"):
        read_module("x", text)


def test_modules_that_need_each_other_are_refused(tmp_path: Path) -> None:
    for folder in ("js", "vendor"):
        (tmp_path / folder).mkdir()
    (tmp_path / "vendor/htmx.min.js").write_text("")
    for name in ("loader", "theme-first", *(entry for entries in PARTS.values() for entry in entries)):
        (tmp_path / f"js/{name}.js").write_text("")
    (tmp_path / "js/app.js").write_text("import './left.js';\n")
    (tmp_path / "js/left.js").write_text("import './right.js';\n")
    (tmp_path / "js/right.js").write_text("import './left.js';\n")
    with pytest.raises(CycleError):
        join_scripts(tmp_path)


def test_every_module_is_in_a_script_and_everything_it_needs_is_there() -> None:
    scripts = join_scripts(STATIC)
    defined = {name: re.findall(r'wonward\.define\("(\w+)"', text) for name, text in scripts.items()}
    modules = {path.stem for path in (STATIC / "js").glob("*.js")} - {"loader", "theme-first", "seen", "passkeys"}
    assert {module for held in defined.values() for module in held} == modules
    for name in PARTS:
        known = {*defined["shell.js"], *defined[f"{name}.js"]}
        assert set(re.findall(r'wonward\.need\("(\w+)"', scripts[f"{name}.js"])) <= known
