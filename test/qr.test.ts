import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { qrOf } from "../web/src/parts/qr.ts";

const drawn = (text: string): string =>
  qrOf(text)
    .map((line) => line.map((isDark) => (isDark ? "#" : ".")).join(""))
    .join("\n");

/** Both were read back with a reader that is not ours (jsQR 1.4.0), as was every length from 1 to 280 bytes. */
test("UI-72 a QR code is drawn without anybody's help, and readers read it", () => {
  assert.equal(
    drawn("Switchyard"),
    `
#######.....#.#######
#.....#..#....#.....#
#.###.#.#.....#.###.#
#.###.#.###...#.###.#
#.###.#.#####.#.###.#
#.....#.#...#.#.....#
#######.#.#.#.#######
........#.###........
#.#####..#..#.#####..
.#...#.##...#..######
.###.####.##.#...#.#.
#..##..##.#..#...####
..#.###.#..#.####....
........#####...#..#.
#######.....#.#..###.
#.....#.##.###.#.##.#
#.###.#.#...#.####..#
#.###.#.###.##.####..
#.###.#.#..#......#..
#.....#..#......###..
#######.####...#...#.`.trim(),
  );
  const secret =
    "otpauth://totp/Switchyard:anna%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Switchyard&digits=6&period=30";
  assert.equal(hash("sha256", drawn(secret)), "116cb488073a1b28acc433ee582e88ca202dbc845867d073af0e28949e181363");
  assert.throws(() => qrOf("x".repeat(288)), /288 bytes is too long/);
});
