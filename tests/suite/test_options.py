"""The options: which speed a program can bear, and how many checks run side by side."""

import os
import re
import sys
from types import SimpleNamespace

import pytest

from conformance import options
from conformance.harness import speed
from conformance.harness.adapter import AdapterCommand
from conformance.harness.speed import SpeedError, choose_speed, hurried, unreachable
from conformance.options import OptionError, Options
from conformance.registry import all_cases
from conformance.row import Level
from conformance.selection import Selection, SelectionError, select
from conformance.workers import WORKERS_PER_CORE, dealt, default_workers
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.via import Via

ENVIRONMENT = {"PATH": os.environ["PATH"]}
STATIC = b"\x7fELF" + b"\0" * 100
DYNAMIC = b"\x7fELF" + b"\0" * 100 + b"/lib64/ld-linux-x86-64.so.2\0"


@pytest.fixture
def program(tmp_path):
    """Make an executable file of these bytes; answers with its path."""

    def make(content, name="bot"):
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def libfaketime_works(monkeypatch):
    monkeypatch.setattr(speed.faketime, "obstacle", lambda *_: None)


def test_python_can_be_reached():
    assert unreachable([sys.executable], ENVIRONMENT) is None


def test_a_static_program_cannot(program):
    assert "linked statically" in unreachable([program(STATIC)], ENVIRONMENT)
    assert unreachable([program(DYNAMIC)], ENVIRONMENT) is None


def test_a_go_program_cannot(program):
    assert "Go program" in unreachable([program(DYNAMIC + speed.GO)], ENVIRONMENT)


def test_a_script_is_followed_to_its_interpreter(program):
    interpreter = program(STATIC, "interpreter")
    assert interpreter in unreachable([program(f"#!{interpreter} -x\n".encode(), "one")], ENVIRONMENT)
    through_env = program(b"#!/usr/bin/env interpreter\n", "two")
    found = {"PATH": os.path.dirname(interpreter)}  # noqa: PTH120 (PATH holds strings)
    assert interpreter in unreachable([through_env], found)


def test_what_nobody_can_tell_is_not_refused(program):
    assert unreachable(["no-such-command-anywhere"], ENVIRONMENT) is None
    assert unreachable([program(b"echo hello")], ENVIRONMENT) is None


@pytest.mark.usefixtures("libfaketime_works")
def test_auto_is_fast_where_it_works(program):
    assert choose_speed("auto", [sys.executable], ENVIRONMENT) == speed.FAST
    assert choose_speed("auto", [program(STATIC)], ENVIRONMENT) == 1


def test_auto_is_the_usual_speed_where_it_does_not(monkeypatch):
    monkeypatch.setattr(speed.faketime, "obstacle", lambda *_: LaunchError("not installed"))
    assert choose_speed("auto", [sys.executable], ENVIRONMENT) == 1
    with pytest.raises(SpeedError, match="not installed"):
        choose_speed("5", [sys.executable], ENVIRONMENT)


@pytest.mark.usefixtures("libfaketime_works")
def test_a_wish_that_cannot_be_had_is_refused(program):
    assert choose_speed("2.5", [sys.executable], ENVIRONMENT) == 2.5
    assert choose_speed("1", [program(STATIC)], ENVIRONMENT) == 1
    with pytest.raises(SpeedError, match="use --speed 1"):
        choose_speed("2", [program(STATIC)], ENVIRONMENT)
    with pytest.raises(SpeedError, match="auto or a number"):
        choose_speed("fast", [sys.executable], ENVIRONMENT)


@pytest.mark.parametrize("wish", ["0", "-1", "nan", "1001"])
def test_a_senseless_speed_is_named_once(wish):
    with pytest.raises(SpeedError, match=r"^--speed .* a number above 0 and up to 1000 is needed$") as raised:
        choose_speed(wish, [sys.executable], ENVIRONMENT)
    assert str(raised.value).count("--speed") == 1


@pytest.mark.parametrize("option", ["-k", "-m"])
@pytest.mark.parametrize("expression", ["((", "a or", "not", "a $ b"])
def test_an_expression_that_is_none_is_refused_before_the_run(pytestconfig, option, expression):
    asked = config(**{{"-k": "keyword", "-m": "markexpr"}[option]: expression})
    asked.pluginmanager = pytestconfig.pluginmanager
    with pytest.raises(OptionError, match=f"{option}.*{re.escape(expression)}.* column") as raised:
        options._check_expressions(asked)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("usual", "hurry", "chosen"),
    [
        (10, 1, 10),
        (10, 20, 200),
        (2.5, 2, 5),
        (100, 20, speed.FASTEST),
        (500, 20, 500),
        (1, 20, 1),
        (0.5, 20, 0.5),
        (10, 0.1, 1),
        (5, 0.1, 1),
    ],
)
def test_a_story_of_hours_is_hurried_where_the_clock_can_be(usual, hurry, chosen):
    assert hurried(usual, hurry) == chosen


def config(*args, **options):
    defaults = {"collectonly": False, "usepdb": False, "trace": False, "capture": "fd"}
    defaults |= {"keyword": "", "markexpr": "", "lf": False}
    return SimpleNamespace(args=args or ["conformance"], option=SimpleNamespace(**(defaults | options)))


def everything(**fields):
    """What a run without options is asked for, but for these."""
    command = AdapterCommand(("python", "bot.py"), Via.ENV, 10.0)
    places = dict.fromkeys(("results", "report", "summary"))
    return Options(adapter=None, via="auto", speed="auto", command=command, known_failing={}, **places, **fields)


def expected(chapter):
    """Workers on two cores for the cases of a chapter."""
    cases = sum(case.row.chapter == chapter for case in all_cases())
    return min(cases, 2 * WORKERS_PER_CORE) if cases > 1 else 0


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize(
    ("chosen", "workers"),
    [
        (config(), 2 * WORKERS_PER_CORE),
        (config(keyword="close-codes and not 4006"), 2 * WORKERS_PER_CORE),
        (config(keyword="startup/"), expected("startup")),
        (config(keyword="startup/online"), 0),
        (config(markexpr="send"), expected("send")),
        (config(markexpr="must"), 2 * WORKERS_PER_CORE),
        (config(markexpr="not send"), 2 * WORKERS_PER_CORE),
        (config(lf=True), 2),
        (config("checks/startup.py"), expected("startup")),
        (config("checks/startup.py::startup/online"), 0),
        (config("checks/startup.py::startup/online", "checks/send.py::send/passive"), 2),
        (config("checks/startup.py::startup/online", "checks/reconnect.py"), 2 * WORKERS_PER_CORE),
        (config(collectonly=True), 0),
        (config(usepdb=True), 0),
        (config(trace=True), 0),
        (config(capture="no"), 0),
    ],
)
def test_workers(chosen, workers):
    assert default_workers(chosen, everything()) == workers


def test_the_longest_checks_are_dealt_first():
    items = [
        SimpleNamespace(name=name, case=SimpleNamespace(check=SimpleNamespace(takes=takes, hurry=hurry)))
        for name, takes, hurry in (("a", 10, 10), ("b", 9, 1), ("c", 4, 2), ("d", 8, 1), ("e", 3, 1))
    ]
    assert [item.name for item in dealt(items, 2)] == ["b", "e", "a", "d", "c"]
    assert dealt([], 3) == []


@pytest.mark.usefixtures("two_cores")
def test_workers_follow_the_suites_own_selection():
    assert default_workers(config(), everything(selection=Selection(patterns=("startup/online",)))) == 0
    assert default_workers(config(), everything(selection=Selection(patterns=("startup/online",)), repeat=3)) == 3
    assert default_workers(config(), everything(selection=Selection(chapters=("send",)))) == expected("send")
    assert default_workers(config(), everything(hold=True)) == 0


def selected(*patterns, level=Level.ADVICE, chapters=()):
    wanted = select(level, chapters, patterns)
    return [case.id for case in all_cases() if wanted.wants(case)]


def test_patterns_name_cases_and_whole_checks():
    every = [case.id for case in all_cases()]
    assert selected() == every
    assert selected("reconnect/*") == [case_id for case_id in every if case_id.startswith("reconnect/")]
    assert selected("startup/online, send/passive") == selected("startup/online", "send/passive")
    assert sorted(selected("startup/online,send/passive")) == ["send/passive", "startup/online"]
    assert selected("reconnect/close-codes[4009]") == ["reconnect/close-codes[4009]"]
    assert selected("reconnect/close-codes") == selected("reconnect/close-codes[*]")
    assert selected("*/online", chapters=["startup"]) == ["startup/online"]


def test_levels_and_chapters():
    assert all(case.row.level is Level.MUST for case in all_cases() if case.id in selected(level=Level.MUST))
    assert selected(chapters=["send,startup"]) == selected(chapters=["startup", "send"])


@pytest.mark.parametrize(
    ("patterns", "chapters", "complaint"),
    [
        (["startup/onlin"], [], "--checks startup/onlin: no check matches; did you mean startup/online"),
        (["reconnect/*,nothing/*"], [], r"--checks nothing/\*: no check matches"),
        ([], ["sent"], "--chapter sent: there are: .*send"),
    ],
)
def test_a_word_that_selects_nothing_is_a_mistake(patterns, chapters, complaint):
    with pytest.raises(SelectionError, match=complaint):
        select(Level.ADVICE, chapters, patterns)


@pytest.mark.parametrize("command", ["''", "'' bot.py", " ", "'bot.py"])
def test_a_command_that_is_none_is_refused(command):
    with pytest.raises(OptionError, match="--adapter"):
        options._words(command)


def test_what_cannot_be_written_is_said_before_the_run(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    asked = SimpleNamespace(getoption=lambda option: f"{file}/deeper/{option}")
    for option in ("--results", "--report", "--summary", "--write-known-failing"):
        with pytest.raises(OptionError, match=f"^{option} "):
            options._written(tmp_path, asked, option)


@pytest.mark.parametrize("option", ["--results", "--summary", "--write-known-failing"])
def test_a_directory_is_no_file_to_write(tmp_path, option):
    asked = SimpleNamespace(getoption=lambda _: str(tmp_path))
    with pytest.raises(OptionError, match=f"^{option} .*: a directory; name a file$"):
        options._written(tmp_path, asked, option)


@pytest.mark.parametrize("name", [None, "new/junit.xml", "~/junit.xml", "$PLACE/junit.xml"])
def test_a_junit_report_goes_where_pytest_will_write_it(tmp_path, monkeypatch, name):
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PLACE", str(home))
    options._check_junit(tmp_path, SimpleNamespace(getoption=lambda _, __: name))
    made = {None: set(), "new/junit.xml": {"new"}}.get(name, {"home"})
    assert {path.name for path in tmp_path.iterdir()} == made


@pytest.mark.parametrize("name", ["/proc/x.xml", "file/deeper/x.xml", "."])
def test_a_junit_report_that_cannot_be_written_is_said_before_the_run(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match=f"^--junitxml .*{name}: |^--junitxml .*: a directory; name a file$"):
        options._check_junit(tmp_path, SimpleNamespace(getoption=lambda _, __: name))


def test_a_place_to_write_is_made(tmp_path):
    asked = SimpleNamespace(getoption=lambda option: f"new/{option}")
    assert options._written(tmp_path, asked, "--results") == tmp_path / "new" / "--results"
    assert options._written(tmp_path, asked, "--report").is_dir()
