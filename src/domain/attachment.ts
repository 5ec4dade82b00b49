/** What may be laid down with an order: documents and pictures. Nothing that a browser would run. */
const begins = {
  "application/pdf": (bytes: Uint8Array) => startsWith(bytes, "%PDF-"),
  "image/png": (bytes: Uint8Array) => startsWith(bytes, "\u0089PNG\r\n\u001a\n"),
  "image/jpeg": (bytes: Uint8Array) => startsWith(bytes, "\u00ff\u00d8\u00ff"),
  "image/webp": (bytes: Uint8Array) => startsWith(bytes, "RIFF") && startsWith(bytes.subarray(8), "WEBP"),
  "text/plain": isText,
  "text/csv": isText,
} as const satisfies Record<string, (bytes: Uint8Array) => boolean>;
export type AttachmentType = keyof typeof begins;
export const attachmentTypes = Object.keys(begins) as AttachmentType[];
export const mostAttachmentBytes = 5 * 1024 * 1024;
export const mostAttachments = 20;

/** Whether the bytes are what their type says, by how they begin; text by being UTF-8 all through. */
export const isOfType = (bytes: Uint8Array, type: AttachmentType): boolean => begins[type](bytes);
export const isTextType = (type: AttachmentType): boolean => type.startsWith("text/");

const startsWith = (bytes: Uint8Array, mark: string): boolean =>
  Array.from({ length: mark.length }, (_, index) => mark.charCodeAt(index)).every(
    (code, index) => bytes[index] === code,
  );
function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
