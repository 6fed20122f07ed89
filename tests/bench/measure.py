# SPDX-License-Identifier: GPL-2.0-or-later
"""What the measurements of guest are made of: calls, processes, rounds."""

import ctypes
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time

CALLS = "/sys/kernel/debug/fl_targets/call"
LOOP_NS = 4_000_000
LOOPS = 20
MOST_CALLS = 1 << 20
FLAGSHIP = 'on mlx5_cmd_exec if comm=="ip" && rand<10 return -EIO'
READY = ("armed", "__BPFTRACE_NOTIFY_PROBES_ATTACHED")
ARM_LIMIT_S = 120


def note(*words):
    print(f"{time.monotonic():7.1f}", *words, file=sys.stderr, flush=True)


# --- calls ---------------------------------------------------------------------


def _serve(cpu, requests, barrier, answers):
    """The caller: named by what rules ask for, and nobody's parent."""
    ctypes.CDLL(None).prctl(15, b"caller", 0, 0, 0)
    os.sched_setaffinity(0, {cpu})
    file = os.open(CALLS, os.O_RDWR)
    while request := requests.recv():
        count, call, together = request
        if together:
            barrier.wait()
        start = time.perf_counter_ns()
        os.write(file, f"x{count} {call}".encode())
        answers.send(time.perf_counter_ns() - start)


class Callers:
    """One process for each CPU, which calls functions of fl_targets in a loop of the kernel."""

    def __init__(self):
        self.cpus = sorted(os.sched_getaffinity(0))
        barrier = multiprocessing.Barrier(len(self.cpus))
        self.pipes = []
        for cpu in self.cpus:
            ours, theirs = multiprocessing.Pipe()
            multiprocessing.Process(target=_serve, args=(cpu, theirs, barrier, theirs),
                                    daemon=True).start()
            self.pipes.append(ours)

    def _run(self, pipes, count, call):
        for pipe in pipes:
            pipe.send((count, call, len(pipes) > 1))
        return [pipe.recv() for pipe in pipes]

    def per_call(self, call, everywhere=False, count=None, loops=LOOPS):
        """ns a call: the least of some short loops, which a busy host interrupts rarely."""
        pipes = self.pipes if everywhere else self.pipes[:1]
        if not count:
            count = 1000
            while count < MOST_CALLS and min(max(self._run(pipes, count, call))
                                             for _ in range(2)) < LOOP_NS // 2:
                count *= 2
        return min(sum(self._run(pipes, count, call)) for _ in range(loops)) / len(pipes) / count


# --- processes -----------------------------------------------------------------


class Failed(Exception):
    pass


def is_ready(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return any(line.startswith(READY) for line in file)


class Armed:
    """with Armed(argv): it is armed inside of the block, and gone after it."""

    def __init__(self, argv, out):
        self.argv, self.out = argv, out

    def __enter__(self):
        with open(self.out, "wb") as file:
            self.process = subprocess.Popen(self.argv, stdout=file, stderr=file,
                                            stdin=subprocess.DEVNULL, env=ENVIRONMENT)
        until = time.monotonic() + ARM_LIMIT_S
        while not is_ready(self.out):
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                self.process.wait()
                raise Failed(last_words(self.out))
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(ARM_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        wait_leavers()


ENVIRONMENT = {**os.environ, "__BPFTRACE_NOTIFY_PROBES_ATTACHED": "1"}


def complaint(text):
    """The line of what a program has said that says why it failed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for word in ("error:", "rror"):
        for line in lines:
            if word in line:
                return line[:300]
    return lines[-1][:300] if lines else "no output"


def last_words(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return complaint(file.read())


def leavers():
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                count += file.read().strip() == "faultline-leave"
        except OSError:
            pass
    return count


def wait_leavers():
    """Seconds until the processes that detach in the background have ended."""
    start = time.monotonic()
    while leavers() and time.monotonic() - start < ARM_LIMIT_S:
        time.sleep(0.02)
    return time.monotonic() - start


def start_to_armed(bench, argv, kprobe=None, cold=False):
    """What bench_armed says of one start, as a dictionary."""
    if cold:
        os.sync()
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
            file.write("3\n")
    options = ["--kprobe", kprobe] if kprobe else []
    done = subprocess.run([bench + "/bench_armed", *options, *argv], capture_output=True,
                          text=True, env=ENVIRONMENT, check=False)
    if done.returncode:
        raise Failed(complaint(done.stderr))
    armed, end, resident, faults, peak = map(float, done.stdout.split())
    gone = wait_leavers()
    return {"armed": armed, "back": end, "gone": end + gone * 1000, "resident": resident,
            "faults": faults, "peak": peak}


# --- results -------------------------------------------------------------------


class Results:
    """Samples by name, written after each part, so that what is there is kept."""

    def __init__(self, path):
        self.path = path
        self.data = {"samples": {}, "failed": {}, "facts": {}}

    def add(self, name, **values):
        for key, value in values.items():
            self.data["samples"].setdefault(name, {}).setdefault(key, []).append(round(value, 3))

    def last(self, name, key):
        """The last sample; 0 without one."""
        return self.data["samples"].get(name, {}).get(key, [0])[-1]

    def fail(self, name, why):
        note(name, "failed:", why)
        self.data["failed"].setdefault(name, str(why))

    def has_failed(self, name):
        return name in self.data["failed"]

    def save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.data, file, indent=1)
        os.replace(self.path + ".new", self.path)
