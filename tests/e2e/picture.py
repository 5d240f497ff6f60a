# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels: a rectangle of 32-bit ones, and what tests ask of it. No text is read; a known screen is
told by its light and dark (resembles), its colors (share) or by what changed (changed)."""
import operator
import pathlib
import struct
import subprocess
import zlib


class Picture:
    """`rows` are bytes, four to a pixel: blue, green, red, unused."""

    def __init__(self, width, height, rows):
        self.width, self.height, self.rows = width, height, rows

    @staticmethod
    def from_file(path):
        """Any format ImageMagick reads."""
        size = subprocess.run(["identify", "-format", "%w %h", path], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.split()
        width, height = map(int, size)
        data = subprocess.run(["convert", path, "-depth", "8", "bgra:-"], check=True,
                              stdout=subprocess.PIPE).stdout
        return Picture(width, height, split(data, width * 4))

    def crop(self, x, y, width, height):
        x, y = max(0, x), max(0, y)
        width, height = min(width, self.width - x), min(height, self.height - y)
        rows = [row[4 * x:4 * (x + width)] for row in self.rows[y:y + height]]
        return Picture(max(0, width), len(rows), rows)

    def save(self, path):
        """As a PNG."""
        lines = []
        for row in self.rows:
            line = bytearray(3 * self.width)
            line[0::3], line[1::3], line[2::3] = row[2::4], row[1::4], row[0::4]
            lines.append(b"\0" + bytes(line))

        def chunk(kind, body):
            checked = kind + body
            return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))

        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        pathlib.Path(path).write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(b"".join(lines), 6)) + chunk(b"IEND", b""))

    def brightness(self, columns=64, lines=40):
        """The mean green of each cell of a grid, line by line: a picture's rough look."""
        cells = []
        for line in range(lines):
            top, bottom = line * self.height // lines, (line + 1) * self.height // lines
            sums = [0] * columns
            for row in self.rows[top:max(bottom, top + 1)]:
                green = row[1::4]
                for column in range(columns):
                    sums[column] += sum(green[column * self.width // columns:
                                              (column + 1) * self.width // columns])
            area = max(1, (self.width / columns) * max(1, bottom - top))
            cells += [total / area for total in sums]
        return cells

    def save_miniature(self, path):
        """As a reference for Guest.screens."""
        cells = [bytes((int(cell),) * 3 + (0,)) for cell in self.brightness()]
        Picture(64, 40, split(b"".join(cells), 64 * 4)).save(path)

    def is_flat(self):
        first = self.rows[0][:4] * self.width if self.rows else b""
        return all(row == first for row in self.rows)

    def share(self, red, green, blue, tolerance=12):
        """The part, 0 to 1, of the pixels that have this color."""
        hits = 0
        counts = {}
        for row in self.rows:
            for pixel in memoryview(row).cast("I"):
                counts[pixel] = counts.get(pixel, 0) + 1
        for pixel, count in counts.items():
            distance = max(abs((pixel >> 16 & 255) - red), abs((pixel >> 8 & 255) - green),
                           abs((pixel & 255) - blue))
            if distance <= tolerance:
                hits += count
        return hits / max(1, self.width * self.height)

    def changed(self, other):
        """How many pixels differ from `other`; all of them if the sizes do."""
        if (self.width, self.height) != (other.width, other.height):
            return max(self.width * self.height, other.width * other.height)
        total = 0
        for mine, theirs in zip(self.rows, other.rows):
            if mine != theirs:
                total += sum(map(operator.ne, colors(mine), colors(theirs)))
        return total

    def changed_box(self, other):
        """The rectangle (x, y, width, height) around every difference, or None."""
        lines = [y for y in range(self.height)
                 if self.rows[y] != other.rows[y] and colors(self.rows[y]) != colors(other.rows[y])]
        if not lines:
            return None
        left, right = self.width, 0
        for y in lines:
            mine, theirs = colors(self.rows[y]), colors(other.rows[y])
            columns = [x for x in range(self.width) if mine[x] != theirs[x]]
            left, right = min(left, columns[0]), max(right, columns[-1])
        return left, lines[0], right - left + 1, lines[-1] - lines[0] + 1

    def find(self, part):
        """Where `part` is in this, as (x, y), or None. Every pixel counts."""
        if part.is_flat() or part.width > self.width or part.height > self.height:
            return None
        wanted = [colors(row).tobytes() for row in part.rows]
        lines = [colors(row).tobytes() for row in self.rows]
        # A line with something on it is told apart fast.
        first = max(range(part.height), key=lambda y: len(set(colors(part.rows[y]))))
        for y in range(first, self.height - (part.height - 1 - first)):
            start = lines[y].find(wanted[first])
            while start >= 0:
                if start % 4 == 0 and all(
                        lines[y - first + i][start:start + 4 * part.width] == wanted[i]
                        for i in range(part.height)):
                    return start // 4, y - first
                start = lines[y].find(wanted[first], start + 1)
        return None

    def resembles(self, reference):
        """How alike the looks are, -1 to 1: the correlation of the brightness grids, so neither
        scaling nor a changed letter matters. A flat picture resembles nothing."""
        mine, theirs = self.brightness(), reference.brightness()
        return correlation(mine, theirs)


def correlation(first, second):
    mean_first, mean_second = sum(first) / len(first), sum(second) / len(second)
    first = [value - mean_first for value in first]
    second = [value - mean_second for value in second]
    power = (sum(v * v for v in first) * sum(v * v for v in second)) ** 0.5
    # Less than one gray level of spread is nothing to recognize.
    if power < len(first):
        return 0.0
    return sum(map(operator.mul, first, second)) / power


def colors(row):
    """The pixels as numbers. The fourth byte means nothing on a screen: programs put there what
    they like."""
    row = bytearray(row)
    row[3::4] = bytes(len(row) // 4)
    return memoryview(row).cast("I")


def split(data, size):
    return [data[start:start + size] for start in range(0, len(data), size)]


class Framebuffer:
    """The screen of an Xvfb started with -fbdir: its own memory, so looking costs nothing."""

    def __init__(self, path):
        self.path = path

    def read(self):
        data = pathlib.Path(self.path).read_bytes()
        header = struct.unpack(">25I", data[:100])  # XWDFileHeader
        start = header[0] + header[19] * 12
        width, height, stride = header[4], header[5], header[12]
        return Picture(width, height,
                       [data[start + y * stride:start + y * stride + 4 * width]
                        for y in range(height)])
