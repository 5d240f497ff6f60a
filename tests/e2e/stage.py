# SPDX-License-Identifier: GPL-3.0-or-later
"""What every end-to-end test runs on: the built product installed in a private folder, and the test
itself as an ordinary user with a home of its own.

A test file calls main(). The first time that is the guard: it makes the stage (one folder in /tmp),
installs the build into it, puts the media there, starts the same file again as an ordinary user
(nobody, when the guard is root), waits, and sees to it that no process of the stage and no file
stays. The second time, on the stage, it is the test.

  stage/e2e     the test scripts, readable by everybody
  stage/tree    the installed product
  stage/media   boot media, read only
  stage/u       the user's: home, run (XDG_RUNTIME_DIR), tmp, out (pictures and logs, kept)
"""
import argparse
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

import media

HERE = pathlib.Path(__file__).resolve().parent
VARIABLE = "VITRINE_STAGE"
SKIPPED = 77  # CTest's SKIP_RETURN_CODE


class Stage:
    """The stage's folders, seen from either side."""

    def __init__(self, base):
        self.base = pathlib.Path(base)
        self.scripts = self.base / "e2e"
        self.tree = self.base / "tree"
        self.media = self.base / "media"
        self.user = self.base / "u"
        self.home = self.user / "home"
        self.runtime = self.user / "run"
        self.temporary = self.user / "tmp"
        self.output = self.user / "out"


def current():
    """The stage the test runs on."""
    return Stage(os.environ[VARIABLE])


def is_kvm_wanted():
    """The machines of the tests ask for the built-in engine."""
    return os.environ.get("VITRINE_E2E_ENGINE") == "kvm"


def main(test, wanted_media=(), output=None):
    """`test()` runs on the stage and returns an exit code or None; see the file's description.
    `output` names the folder under the build folder that keeps pictures and logs."""
    if VARIABLE in os.environ:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        sys.exit(test() or 0)
    script = pathlib.Path(sys.argv[0]).resolve()
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build",
                        help="build folder to install from")
    parser.add_argument("--output", type=pathlib.Path, help="where pictures and logs go")
    arguments, rest = parser.parse_known_args()
    build = arguments.build.resolve()
    kept = arguments.output or build / (output or f"e2e/{script.stem}")
    code = Guard(script, build, kept.absolute(), wanted_media).run(rest)
    if output:
        print(f"Pictures and logs are in {kept}")
    sys.exit(code)


class Guard:
    def __init__(self, script, build, output, wanted_media):
        self.script = script
        self.build = build
        self.output = output
        self.wanted_media = wanted_media
        self.is_root = os.geteuid() == 0

    def run(self, arguments):
        # Sockets have to fit 108 bytes, so the stage's path is short.
        self.stage = Stage(tempfile.mkdtemp(prefix="ve-", dir="/tmp"))
        code = 1
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            self.build_stage()
            code = self.run_test(arguments)
        finally:
            left = self.stop_rest()
            if left:
                print("Processes left behind by the test:", *left, sep="\n  ", file=sys.stderr)
                code = code or 1
            self.keep_output()
            shutil.rmtree(self.stage.base, ignore_errors=True)
        return code

    def build_stage(self):
        stage = self.stage
        os.chmod(stage.base, 0o755)
        shutil.copytree(HERE, stage.scripts, ignore=shutil.ignore_patterns("__pycache__"))
        stage.tree.mkdir()
        stage.media.mkdir()
        for name in self.wanted_media:
            if str(name).startswith("build:"):
                name = self.build / str(name).removeprefix("build:")
            media.place(name, stage.media)
        subprocess.run(["cmake", "--install", self.build, "--prefix", stage.tree], check=True,
                       stdout=subprocess.DEVNULL)
        for folder in (stage.user, stage.home, stage.runtime, stage.temporary, stage.output):
            folder.mkdir(mode=0o700)
        # Whatever the umask or the clone's modes are, the user may read scripts and product.
        subprocess.run(["chmod", "-R", "a+rX", stage.scripts, stage.tree], check=True)
        if self.is_root:
            subprocess.run(["chown", "-R", "nobody:nogroup", stage.user], check=True)
            # An ordinary user's X server cannot make this one.
            sockets = pathlib.Path("/tmp/.X11-unix")
            if not sockets.exists():
                sockets.mkdir()
                os.chmod(sockets, 0o1777)

    def environment(self):
        stage = self.stage
        return {
            VARIABLE: str(stage.base),
            "PATH": f"{stage.tree}/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(stage.home),
            "USER": "nobody" if self.is_root else os.environ.get("USER", "user"),
            "TMPDIR": str(stage.temporary),
            "XDG_RUNTIME_DIR": str(stage.runtime),
            "XDG_CONFIG_HOME": str(stage.home / ".config"),
            "XDG_CACHE_HOME": str(stage.home / ".cache"),
            "XDG_DATA_HOME": str(stage.home / ".local/share"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **{name: value for name, value in os.environ.items()
               if name.startswith("VITRINE_E2E_")},
            # On the built-in engine the guests run on whatever /dev/kvm there is.
            **({"VITRINE_ALLOW_EMULATED_KVM": "1"} if is_kvm_wanted() else {}),
        }

    def run_test(self, arguments):
        command = ["setpriv", "--pdeathsig", "TERM"]
        if is_kvm_wanted() and not self.is_root and not os.access("/dev/kvm", os.R_OK | os.W_OK):
            print("Skipped: you may not use /dev/kvm", file=sys.stderr)
            return SKIPPED
        if is_kvm_wanted() and not os.path.exists("/dev/kvm"):
            print("Skipped: there is no /dev/kvm", file=sys.stderr)
            return SKIPPED
        if self.is_root and is_kvm_wanted():
            # The ordinary user of the stage gets a node of its own, in a mount namespace.
            node = self.stage.base / "kvm"
            os.mknod(node, 0o666 | stat.S_IFCHR, os.stat("/dev/kvm").st_rdev)
            os.chmod(node, 0o666)
            command = ["unshare", "--mount", "sh", "-c",
                       'mount --bind "$1" /dev/kvm && shift && exec "$@"', "sh", node] + command
        if self.is_root:
            command += ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        command += ["/usr/bin/python3", self.stage.scripts / self.script.name, *arguments]
        child = subprocess.Popen(command, env=self.environment(), cwd=self.stage.home)
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()

    def processes(self):
        """Everything started on this stage carries its name in the environment."""
        mark = f"{VARIABLE}={self.stage.base}".encode()
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    if any(words):  # a zombie has none
                        found[int(entry.name)] = b" ".join(words).decode(errors="replace")[:200]
            except OSError:
                pass  # it ended, or is not ours
        return found

    def stop_rest(self):
        """Ends what still runs and says what it was; what goes by itself in time is forgiven."""
        deadline = time.monotonic() + 5
        while (rest := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self.processes():
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            deadline = time.monotonic() + 3
            while self.processes() and time.monotonic() < deadline:
                time.sleep(0.1)
        return [f"{pid}: {words}" for pid, words in rest.items()]

    def keep_output(self):
        if self.stage.output.is_dir() and any(self.stage.output.iterdir()):
            shutil.rmtree(self.output, ignore_errors=True)
            shutil.copytree(self.stage.output, self.output)
