import { qrOf } from "../../parts/qr.ts";

/** Drawn here, in black on white also where the page is dark: cameras expect it so. The quiet zone of four modules belongs to it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const grid = qrOf(text);
  const size = grid.length + 8;
  const path = grid
    .flatMap((line, y) => line.flatMap((isDark, x) => (isDark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : [])))
    .join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      width={184}
      height={184}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
