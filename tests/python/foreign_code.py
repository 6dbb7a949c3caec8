"""A library for another processor: call_library.c, in an emulator, calls its functions."""
import pathlib
import struct
import subprocess
import tempfile

import numpy as np

from compiled_library import Structure


class Caller:
    """call_library.c, compiled."""

    def __init__(self, compiler, emulator, folder):
        self.emulator, self.program = emulator, folder / "call_library"
        source = pathlib.Path(__file__).parent / "call_library.c"
        subprocess.run([*compiler, "-Wall", "-Wextra", "-Werror", source, "-o", self.program, "-ldl"],
                       check=True)

    def start(self, library):
        return subprocess.Popen([*self.emulator, self.program, library], text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)


class Memory:
    """The arrays of a call as blocks that refer to each other."""

    def __init__(self):
        self.blocks, self.pointers = [], []

    def place(self, array):
        self.blocks.append(array)
        return len(self.blocks) - 1

    def place_structure(self, structure):
        block = self.place(structure.bytes)
        for offset, array in structure.pointers.items():
            self.pointers.append((block, offset, self.place(array)))
        return block

    def argument(self, value):
        """Whether it is a block, and which; else the number."""
        if isinstance(value, Structure):
            return 1, self.place_structure(value)
        if isinstance(value, str):
            return 1, self.place(np.frombuffer(value.encode() + b"\0", np.uint8))
        if isinstance(value, np.ndarray):
            return 1, self.place(value)
        return 0, value or 0

    def file(self, arguments):
        words = [self.argument(value) for value in arguments]
        parts = [struct.pack("<q", len(self.blocks))]
        for array in self.blocks:
            parts += [struct.pack("<q", array.nbytes), array.tobytes()]
        for rows in self.pointers, words:
            parts.append(struct.pack("<q", len(rows)))
            parts += [struct.pack(f"<{len(row)}q", *row) for row in rows]
        return b"".join(parts)

    def take_back(self, raw):
        for array in self.blocks:
            if array.flags.writeable:
                array.reshape(-1).view(np.uint8)[:] = np.frombuffer(raw[:array.nbytes], np.uint8)
            raw = raw[array.nbytes:]


class ForeignCode:
    def __init__(self, caller, library):
        self.process = caller.start(library)

    def __del__(self):
        self.process.communicate()  # there are no more calls

    def call(self, function, result, *arguments):
        memory = Memory()
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "call"
            file.write_bytes(memory.file(arguments))
            print(function, result, file, file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
            if not answer:
                raise RuntimeError(f"{function} ended the program: {self.process.wait()}")
            memory.take_back(file.read_bytes())
        return answer.rstrip("\n") if result == "text" else int(answer)
