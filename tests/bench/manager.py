#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the command to the manager's painted window with one and with 1,000 machines, against
virt-manager; and `vitrinectl list vms` against `virsh list --all`. Run it where libvirt may not open
/dev/kvm or KVM is real: where KVM only emulates, libvirt's probing takes seconds for every call."""
import json
import subprocess
import sys
import uuid

from bench import Bench, time_of, wait_until

MANY = 1000
URI = "qemu:///session"


class Libvirt:
    """The rival's session daemon and as many machines there."""

    def __init__(self, desktop):
        self.desktop = desktop

    def start(self):
        self.desktop.run(["libvirtd", "--timeout", "3600"])
        wait_until(lambda: self.virsh("list", check=False) is not None, 60, "libvirtd", every=0.5)

    def virsh(self, *words, check=True):
        done = subprocess.run(["virsh", "-c", URI, *words], env=self.desktop.environment,
                              capture_output=True, text=True)
        if done.returncode != 0 and check:
            sys.exit(f"virsh {' '.join(words)}: {done.stderr}")
        return done.stdout if done.returncode == 0 else None

    def define(self, names):
        path = self.desktop.stage.temporary / "domain.xml"
        script = self.desktop.stage.temporary / "define"
        files = []
        for name in names:
            path = self.desktop.stage.temporary / f"{name}.xml"
            path.write_text(
                f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>256</memory>"
                "<os><type arch='x86_64' machine='q35'>hvm</type></os>"
                "<devices><graphics type='spice'/><video><model type='qxl'/></video></devices>"
                "</domain>", encoding="utf-8")
            files.append(path)
        script.write_text("".join(f"define {file}\n" for file in files), encoding="utf-8")
        with open(script, encoding="utf-8") as lines:
            subprocess.run(["virsh", "-q", "-c", URI], stdin=lines, check=True,
                           env=self.desktop.environment, stdout=subprocess.DEVNULL)


def create_ours(desktop, names):
    """One by the command, the others as copies of its folder with a name and UUID of their own."""
    if not list(desktop.stage.home.rglob("m0.vitrine")):
        desktop.tool("vitrinectl", "createvm", "--name", "m0", "--ostype", "Debian12_64",
                     "--register")
    model = next(desktop.stage.home.rglob("m0.vitrine"))
    definition = json.loads(model.read_text(encoding="utf-8"))
    for name in names:
        if name == "m0":
            continue
        folder = model.parent.parent / name
        folder.mkdir()
        definition.update(name=name, uuid=str(uuid.uuid4()))
        (folder / f"{name}.vitrine").write_text(json.dumps(definition), encoding="utf-8")
    listed = desktop.tool("vitrinectl", "list", "vms").count("\n")
    assert listed == len(list(model.parent.parent.iterdir())), f"{listed} machines are listed"


def window_time(bench, desktop, title, command):
    probe = bench.start_probe(desktop, "window", title, 60)
    program = desktop.run(command)
    taken = bench.answer(probe)
    desktop.stop(program)
    desktop.wait_for_no_window(title, 30)
    return taken


def measure_windows(bench, desktop, count):
    figures = [], []
    window_time(bench, desktop, "Vitrine", ["vitrine"])  # warm both caches
    window_time(bench, desktop, "Virtual Machine Manager", manager_of(desktop))
    for _ in range(bench.runs(5)):
        figures[0].append(window_time(bench, desktop, "Vitrine", ["vitrine"]))
        figures[1].append(window_time(bench, desktop, "Virtual Machine Manager",
                                      manager_of(desktop)))
    bench.compare(f"manager's window, machines: {count}", "ms", *figures, ("at most", 0.3),
                  "virt-manager")


def manager_of(_desktop):
    return ["virt-manager", "--no-fork", "-c", URI]


def main():
    with Bench(__doc__, [("virt-manager", "virt-manager"), ("virsh", "libvirt-clients"),
                         ("libvirtd", "libvirt-daemon-system")]) as bench:
        desktop = bench.desktop()
        libvirt = Libvirt(desktop)
        libvirt.start()
        libvirt.define(["m0"])
        create_ours(desktop, ["m0"])
        measure_windows(bench, desktop, 1)

        names = [f"m{number}" for number in range(1, MANY)]
        libvirt.define(names)
        create_ours(desktop, names)
        lists = [], []
        for _ in range(bench.runs(5) * 2):
            lists[0].append(time_of(["vitrinectl", "list", "vms"], env=desktop.environment))
            lists[1].append(time_of(["virsh", "-c", URI, "list", "--all"],
                                    env=desktop.environment))
        bench.compare(f"list of {MANY} machines", "ms", *lists, ("at most", 0.5),
                      "virsh list --all")
        bench.bound(f"list of {MANY} machines", "ms", lists[0], ("at most", 50))
        measure_windows(bench, desktop, MANY)
        bench.report()


if __name__ == "__main__":
    main()
