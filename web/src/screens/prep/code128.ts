/**
 * Code 128, set B, as bars that any scanner reads: ISO/IEC 15417. Each symbol is six widths of bar and gap, eleven modules in all; value 104 begins, 106 ends,
 * and the one before it is a checksum.
 */
const widths =
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112".split(
    " ",
  );
const startB = 104;
const stop = 106;

/** The bars as [begins at, width], in modules, and how wide it is in all; null for a text that the set does not have. */
export function code128(text: string): { bars: [number, number][]; width: number } | null {
  if (!/^[\x20-\x7e]{1,60}$/.test(text)) return null;
  const values = [startB, ...Array.from(text, (char) => char.codePointAt(0)! - 32)];
  const sum = values.reduce((total, value, index) => total + value * Math.max(1, index), 0);
  const bars: [number, number][] = [];
  let at = 0;
  for (const value of [...values, sum % 103, stop]) {
    for (const [index, digit] of Array.from(widths[value]!).entries()) {
      if (index % 2 === 0) bars.push([at, Number(digit)]);
      at += Number(digit);
    }
  }
  return { bars, width: at };
}
