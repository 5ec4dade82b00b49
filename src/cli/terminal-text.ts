/** What orders, files and suppliers bring may hold marks that move the cursor or turn the text; at a terminal they are shown, not obeyed. */
export const forTerminal = (text: string): string =>
  text.replaceAll(marks, (mark) => `\\u${mark.codePointAt(0)!.toString(16).padStart(4, "0")}`);

/** Line breaks stay: our own messages have them. */
export const linesForTerminal = (text: string): string => text.split("\n").map(forTerminal).join("\n");

const marks = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
