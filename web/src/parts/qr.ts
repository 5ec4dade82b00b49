/**
 * QR codes of short texts (ISO/IEC 18004): bytes, error correction M, versions 1 to 12. Own code, because it draws one thing in one place: the secret of an
 * authenticator app, which must not be sent to anybody who draws it for us.
 */

/** Per version: error correction bytes of a block, and how many blocks (table 9, level M). */
const corrections = [
  [10, 1],
  [16, 1],
  [26, 1],
  [18, 2],
  [24, 2],
  [16, 4],
  [18, 4],
  [22, 4],
  [22, 5],
  [26, 5],
  [30, 5],
  [22, 8],
] as const;

/** The code as rows of dark and light modules, without its quiet zone. Throws for a text that is longer than 287 bytes. */
export function qrOf(text: string): boolean[][] {
  const bytes = [...new TextEncoder().encode(text)];
  const version = corrections.findIndex((_, index) => bytes.length <= roomOf(index + 1)) + 1;
  if (version === 0) throw new Error(`A QR code of ${bytes.length} bytes is too long.`);
  const frame = frameOf(version);
  const codewords = interleaved(dataOf(bytes, version), version);
  let best: { grid: boolean[][]; penalty: number } | null = null;
  for (const [mask, isFlipped] of masks.entries()) {
    const grid = filled(frame, codewords, isFlipped, mask);
    const penalty = penaltyOf(grid);
    if (best === null || penalty < best.penalty) best = { grid, penalty };
  }
  return best!.grid;
}

const sizeOf = (version: number): number => version * 4 + 17;
const alignments = (version: number): number => (version === 1 ? 0 : Math.floor(version / 7) + 2);
function codewordsOf(version: number): number {
  const count = alignments(version);
  const aligned = count === 0 ? 0 : (25 * count - 10) * count - 55;
  return Math.floor(((16 * version + 128) * version + 64 - aligned - (version >= 7 ? 36 : 0)) / 8);
}
function dataCodewords(version: number): number {
  const [correction, blocks] = corrections[version - 1]!;
  return codewordsOf(version) - correction * blocks;
}
const lengthBits = (version: number): number => (version < 10 ? 8 : 16);
const roomOf = (version: number): number => Math.floor((dataCodewords(version) * 8 - 4 - lengthBits(version)) / 8);

/** Mode, length, the bytes, the end, and what fills the rest. */
function dataOf(bytes: readonly number[], version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  const room = dataCodewords(version) * 8;
  put(0b0100, 4);
  put(bytes.length, lengthBits(version));
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, room - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let filler = 0xec; bits.length < room; filler ^= 0xec ^ 0x11) put(filler, 8);
  return Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
}

/** Product in the field of 256 elements with the polynomial 0x11d. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> bit) & 1) * a;
  }
  return product;
}

function correctionOf(data: readonly number[], degree: number): number[] {
  const divisor = Array.from({ length: degree }, () => 0);
  divisor[degree - 1] = 1;
  let root = 1;
  for (let step = 0; step < degree; step += 1) {
    for (let at = 0; at < degree; at += 1) divisor[at] = times(divisor[at]!, root) ^ (divisor[at + 1] ?? 0);
    root = times(root, 2);
  }
  const rest = Array.from({ length: degree }, () => 0);
  for (const byte of data) {
    const factor = byte ^ rest.shift()!;
    rest.push(0);
    for (let at = 0; at < degree; at += 1) rest[at] = rest[at]! ^ times(divisor[at]!, factor);
  }
  return rest;
}

/** Blocks with their corrections, woven byte by byte. The later blocks may be one byte longer. */
function interleaved(data: readonly number[], version: number): number[] {
  const [degree, count] = corrections[version - 1]!;
  const short = Math.floor(data.length / count);
  const shortBlocks = count - (data.length % count);
  const blocks: { data: number[]; correction: number[] }[] = [];
  for (let at = 0, block = 0; block < count; block += 1) {
    const length = short + (block < shortBlocks ? 0 : 1);
    const part = data.slice(at, at + length);
    blocks.push({ data: part, correction: correctionOf(part, degree) });
    at += length;
  }
  const weave = (of: (block: (typeof blocks)[number]) => number[], length: number): number[] =>
    Array.from({ length }, (_, at) => blocks.flatMap((block) => of(block)[at] ?? [])).flat();
  return [...weave((block) => block.data, short + 1), ...weave((block) => block.correction, degree)];
}

/** What is the same for every text: finders, alignment, timing, version. null: free for data; the places of the format are light for now. */
type Frame = (boolean | null)[][];
function frameOf(version: number): Frame {
  const size = sizeOf(version);
  const frame: Frame = Array.from({ length: size }, () => Array.from({ length: size }, () => null));
  const set = (x: number, y: number, isDark: boolean): void => {
    if (x >= 0 && y >= 0 && x < size && y < size) frame[y]![x] = isDark;
  };
  for (let at = 0; at < size; at += 1) {
    set(at, 6, at % 2 === 0);
    set(6, at, at % 2 === 0);
  }
  const square = (cx: number, cy: number, reach: number): void => {
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        set(cx + dx, cy + dy, reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1);
      }
  };
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(x, y, 4);
  const places = alignmentPlaces(version);
  for (const x of places)
    for (const y of places) {
      const isFinder = (x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6);
      if (!isFinder) square(x, y, 2);
    }
  for (const [x, y] of formatPlaces(size).flat()) set(x, y, false);
  set(8, size - 8, true);
  if (version >= 7) {
    const bits = withRemainder(version, 12, 0x1f25);
    for (let bit = 0; bit < 18; bit += 1) {
      const [far, near] = [size - 11 + (bit % 3), Math.floor(bit / 3)];
      set(far, near, ((bits >> bit) & 1) === 1);
      set(near, far, ((bits >> bit) & 1) === 1);
    }
  }
  return frame;
}

function alignmentPlaces(version: number): number[] {
  const count = alignments(version);
  if (count === 0) return [];
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, at) => sizeOf(version) - 7 - (count - 2 - at) * step)];
}

/** Where the 15 bits of the format stand, twice. */
function formatPlaces(size: number): [x: number, y: number][][] {
  return Array.from({ length: 15 }, (_, bit) => [
    bit < 6 ? [8, bit] : bit === 6 ? [8, 7] : bit === 7 ? [8, 8] : bit === 8 ? [7, 8] : [14 - bit, 8],
    bit < 8 ? [size - 1 - bit, 8] : [8, size - 15 + bit],
  ]);
}

function withRemainder(value: number, bits: number, polynomial: number): number {
  let rest = value;
  for (let step = 0; step < bits; step += 1) rest = (rest << 1) ^ ((rest >> (bits - 1)) * polynomial);
  return (value << bits) | rest;
}

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The frame with the data in two columns at a time, up and down from the right, masked. */
function filled(
  frame: Frame,
  codewords: readonly number[],
  isFlipped: (x: number, y: number) => boolean,
  mask: number,
): boolean[][] {
  const size = frame.length;
  const grid = frame.map((line) => line.map((isDark) => isDark === true));
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= right === 8 ? 3 : 2) {
    const isUpward = (((right < 6 ? right + 1 : right) + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1)
      for (const x of [right, right - 1]) {
        const y = isUpward ? size - 1 - step : step;
        if (frame[y]![x] !== null) continue;
        const isDark = (((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        grid[y]![x] = isDark !== isFlipped(x, y);
        bit += 1;
      }
  }
  // Level M is 00, so the format is the mask's number alone.
  const format = withRemainder(mask, 10, 0x537) ^ 0x5412;
  for (const [at, places] of formatPlaces(size).entries())
    for (const [x, y] of places) grid[y]![x] = ((format >> at) & 1) === 1;
  return grid;
}

/** Long runs, blocks and a lopsided share of dark make a code hard to read (section 7.8.3, its rules 1, 2 and 4). */
function penaltyOf(grid: readonly boolean[][]): number {
  const size = grid.length;
  let penalty = 0;
  const runs = (at: (one: number, other: number) => boolean): void => {
    for (let one = 0; one < size; one += 1)
      for (let other = 1, run = 1; other < size; other += 1) {
        run = at(one, other) === at(one, other - 1) ? run + 1 : 1;
        penalty += run === 5 ? 3 : run > 5 ? 1 : 0;
      }
  };
  runs((y, x) => grid[y]![x]!);
  runs((x, y) => grid[y]![x]!);
  for (let y = 1; y < size; y += 1)
    for (let x = 1; x < size; x += 1) {
      const isDark = grid[y]![x];
      if (grid[y - 1]![x] === isDark && grid[y]![x - 1] === isDark && grid[y - 1]![x - 1] === isDark) penalty += 3;
    }
  const dark = grid.flat().filter(Boolean).length / (size * size);
  return penalty + Math.floor(Math.abs(dark * 20 - 10)) * 10;
}
