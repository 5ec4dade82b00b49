/** Text that is HTML already. Everything else that a template gets is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** In the head of a page, behind `/page.css`: its dark colours. With `/page-scheme.js` after it, a choice made in the dashboard counts more than the system. */
export const darkHtml = new Html(
  `<link rel="stylesheet" href="/page-dark.css" media="(prefers-color-scheme: dark)" id="dark" />`,
);

type Part = Html | string | number | null | readonly Part[];

/** html`<b>${anything}</b>`: values are escaped, other html`…` is set in as it is, null is nothing. There is no way around it but `new Html`. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.reduce((all, string, index) => all + write(parts[index - 1] ?? null) + string));

function write(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string" || typeof part === "number") return escape(String(part));
  return part.map(write).join("");
}

const escape = (text: string): string => text.replaceAll(/[&<>"'`]/g, (char) => `&#${char.codePointAt(0)};`);
