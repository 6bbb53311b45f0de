"""What a child finds in its environment."""

import os
import shutil
import ssl
import subprocess

import pytest

from fakeqq.launch import adapters, bundle, certificates, environment, faketime, shell_lines, spawn
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.ready import Ready
from fakeqq.launch.via import Via
from fakeqq.wire.hosts import PLATFORM_HOSTS

READY = Ready(
    pid=1,
    host="127.0.0.1",
    port=8787,
    tls_port=4433,
    api_base="http://127.0.0.1:8787",
    token_url="http://127.0.0.1:8787/app/getAppAccessToken",
    gateway_url="ws://127.0.0.1:8787/websocket",
    control_url="http://127.0.0.1:8787/_fakeqq",
    app_id="102000001",
    secret="it's",
    ca_file=None,
    adopt_socket=None,
)


def plan(directory, **changes):
    values = {
        "words": ["true"], "ready": READY, "app_id": "1", "secret": "2", "via": Via.ENV, "speed": 1.0,
        "extra_environment": {}, "working_directory": None, "output": None, "inherit": False,
        "directory": directory, "mark": "m",
    }  # fmt: skip
    return spawn.Plan(**{**values, **changes})


def test_addresses_and_credentials(tmp_path):
    found = spawn.variables(plan(tmp_path), {"PATH": "/bin"})
    assert found == {
        "PATH": "/bin",
        "FAKEQQ_APP_ID": "1",
        "FAKEQQ_SECRET": "2",
        "FAKEQQ_API_BASE": READY.api_base,
        "FAKEQQ_TOKEN_URL": READY.token_url,
        "FAKEQQ_SANDBOX": "0",
        "FAKEQQ_TRANSPORT": "websocket",
        "FAKEQQ_CHILD": "m",
        "QQ_API_BASE": READY.api_base,
        "QQ_AUTH_BASE": READY.token_url,
        "QQ_TOKEN_URL": READY.token_url,
        "NO_PROXY": found["NO_PROXY"],
        "no_proxy": found["NO_PROXY"],
    }


@pytest.mark.parametrize(
    ("present", "begins"),
    [({}, "localhost,"), ({"NO_PROXY": "corp.example"}, "corp.example,localhost,"), ({"no_proxy": "*"}, "*")],
)
def test_proxies_are_kept_away_from_the_platform(present, begins):
    found = environment.no_proxy(present)
    assert found["NO_PROXY"] == found["no_proxy"]
    assert found["NO_PROXY"].startswith(begins)
    assert begins == "*" or set(PLATFORM_HOSTS) <= set(found["NO_PROXY"].split(","))


def test_preset_authorities_are_overridden_and_kept(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    first, second = certificates.issue(ours), certificates.issue(theirs)
    base = {name: str(second.ca) for name in bundle.BUNDLE_VARIABLES} | {"SSL_CERT_FILE": "/does/not/exist"}
    ready = Ready(**{**{name: getattr(READY, name) for name in Ready.__dataclass_fields__}, "ca_file": str(first.ca)})

    found = spawn.variables(plan(tmp_path, ready=ready), base)

    merged = {found[name] for name in bundle.BUNDLE_VARIABLES}
    assert merged == {str(tmp_path / "authorities.pem")}
    context = ssl.create_default_context(cafile=merged.pop())
    loaded = context.get_ca_certs(binary_form=True)
    for files in (first, second):
        assert ssl.PEM_cert_to_DER_cert(files.ca.read_text()) in loaded


def test_the_machines_own_authorities_stay(tmp_path):
    files = certificates.issue(tmp_path)
    machine = tmp_path / "machine.pem"
    machine.write_text("# the machine's\n")
    merged = bundle.merge(
        files.ca, tmp_path / "all.pem", {"SSL_CERT_FILE": str(machine), "CURL_CA_BUNDLE": str(machine)}
    )

    text = merged.read_text()
    assert text.count("# the machine's") == 1
    assert text.startswith(files.ca.read_text().rstrip())


def test_certificate_covers_every_name_and_its_key_is_private(tmp_path):
    files = certificates.issue(tmp_path)
    assert files.key.stat().st_mode & 0o077 == 0
    printed = ssl._ssl._test_decode_cert(str(files.chain))
    names = {value for _, value in printed["subjectAltName"]}
    assert {*PLATFORM_HOSTS, "localhost", "127.0.0.1", "198.18.0.1"} <= names


def test_faster_clock_comes_with_what_is_preloaded_already(tmp_path):
    library = tmp_path / "libfaketimeMT.so.1"
    library.touch()
    base = {"FAKEQQ_LIBFAKETIME": str(library), "LD_PRELOAD": "/usr/lib/other.so"}
    assert faketime.variables(10, base) == {"LD_PRELOAD": f"{library} /usr/lib/other.so", "FAKETIME": "+0 x10"}
    assert faketime.variables(2.5, {"FAKEQQ_LIBFAKETIME": str(library)})["FAKETIME"] == "+0 x2.5"
    assert faketime.variables(1, base) == {}


@pytest.mark.parametrize("speed", [0, -1, 1e9, float("nan")])
def test_senseless_speed_is_refused(speed):
    with pytest.raises(LaunchError, match="--speed"):
        faketime.variables(speed, {})


def test_missing_library_tells_what_to_install(monkeypatch):
    monkeypatch.setattr(faketime, "_PLACES", ())
    with pytest.raises(LaunchError, match="apt-get install faketime"):
        faketime.find_library({})
    with pytest.raises(LaunchError, match="names a file that is not there"):
        faketime.find_library({"FAKEQQ_LIBFAKETIME": "/absent.so"})


def test_a_library_that_does_nothing_is_noticed(monkeypatch):
    monkeypatch.setattr(faketime, "variables", lambda _speed, _environment: {})
    obstacle = faketime.obstacle(10)
    assert obstacle is not None
    assert "times as fast, not 10" in obstacle.message


@pytest.mark.skipif(faketime.obstacle(10) is not None, reason=str(faketime.obstacle(10)))
def test_both_clocks_run_faster():
    wall, monotonic = faketime.measure(10, os.environ)
    assert 5 < wall < 20
    assert 5 < monotonic < 20


@pytest.mark.parametrize("adapter", adapters.ADAPTERS, ids=lambda adapter: adapter.name)
def test_lines_for_an_adapter_are_read_by_a_shell(adapter):
    lines = shell_lines.for_adapter(READY, adapter)
    shell = shutil.which("sh")
    script = "\n".join(lines) + "\n" + "".join(f'printf "%s\\n" "${name}"\n' for name, _ in adapter.variables)
    run = subprocess.run([shell, "-eu", "-c", script], capture_output=True, text=True, timeout=30, check=True)
    values = adapters.fields(READY)
    assert run.stdout.splitlines() == [value.format_map(values) for _, value in adapter.variables]
    assert run.stderr == ""


def test_general_lines_are_read_by_a_shell():
    script = 'eval "$LINES"; printf "%s %s" "$FAKEQQ_SECRET" "$QQ_AUTH_BASE"'
    lines = "\n".join(shell_lines.general(READY))
    run = subprocess.run(
        [shutil.which("sh"), "-euc", script],
        env={"LINES": lines},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert run.stdout == f"it's {READY.token_url}"


def test_adapters_are_found_by_any_of_their_names():
    assert adapters.find("Koishi").name == "satori"
    assert adapters.find("nonebot-adapter-qq").name == "nonebot"
    with pytest.raises(LaunchError, match="Did you mean nonebot"):
        adapters.find("nonbot")
    with pytest.raises(LaunchError, match="Known: nonebot, "):
        adapters.find("zzz")


def test_ready_line_goes_both_ways_and_may_hold_more():
    assert Ready.from_line(READY.to_line()) == READY
    assert Ready.from_line(READY.to_line()[:-1] + ', "seed": 1}') == READY


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"pid": 1}', "Traceback"])
def test_what_is_no_ready_line_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011 (JSON's own, or ours)
        Ready.from_line(line)


def test_a_door_replaces_the_addresses_only():
    door = {"port": 1, "tls_port": 2, "api_base": "a", "token_url": "t", "gateway_url": "g"}
    through = READY.through(door)
    assert (through.port, through.tls_port, through.api_base) == (1, 2, "a")
    assert through.control_url == READY.control_url
    assert READY.through(None) is READY
