import { darkHtml, html, Html } from "./html.ts";

/** The pages behind the links that are printed and mailed. The link's token stands after # and so reaches no server, proxy or log by itself. */
export const doors = ["set-up", "password", "invitation", "purchase-order"] as const;
export type Door = (typeof doors)[number];

interface Field {
  name: string;
  label: string;
  hint?: string;
  type: "text" | "email" | "password";
  autocomplete: string;
  value?: string;
  isOptional?: boolean;
}
const password: Field = {
  name: "password",
  label: "Password",
  hint: "At least 8 characters of any kind. Three or four words that nobody would put together are good.",
  type: "password",
  autocomplete: "new-password",
};
const person: Field = { name: "name", label: "Your name", type: "text", autocomplete: "name" };

const pages: Readonly<Record<Door, { title: string; text: string; button: string; fields: Field[] }>> = {
  "set-up": {
    title: "Set up Switchyard",
    text: "Make the first account. It owns the first workspace: one seller's world of channels, suppliers and orders.",
    button: "Make the account",
    fields: [
      person,
      { name: "email", label: "E-mail address", type: "email", autocomplete: "username" },
      password,
      {
        name: "workspace.slug",
        label: "Workspace",
        hint: "Small letters, digits and hyphens, such as acme-shop. Commands and addresses call it so.",
        type: "text",
        autocomplete: "off",
      },
      { name: "workspace.currency", label: "Currency", type: "text", autocomplete: "off", value: "EUR" },
      {
        name: "workspace.zone",
        label: "Time zone",
        hint: "Whose day a cap and a statement mean, such as Europe/Berlin.",
        type: "text",
        autocomplete: "off",
        value: "UTC",
      },
    ],
  },
  password: {
    title: "Choose a new password",
    text: "All sessions of your account end; then sign in with the new password.",
    button: "Keep this password",
    fields: [password],
  },
  invitation: {
    title: "Accept an invitation",
    text: "Make your account, or type the password of the one that you have.",
    button: "Accept",
    fields: [person, password],
  },
  "purchase-order": {
    title: "Purchase order",
    text: "One moment…",
    button: "It has left",
    fields: [
      { name: "tracking_number", label: "Tracking number", type: "text", autocomplete: "off" },
      {
        name: "carrier",
        label: "Carrier",
        hint: "Such as dhl, ups, fedex or usps. Empty: found by the number.",
        type: "text",
        autocomplete: "off",
        isOptional: true,
      },
    ],
  },
};

export function doorHtml(door: Door): string {
  const { title, text, button, fields } = pages[door];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Switchyard</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/page.css" />
        ${darkHtml}
        <script src="/page-scheme.js"></script>
        <link rel="stylesheet" href="/door.css" />
        <script src="/door.js" defer></script>
      </head>
      <body>
        <header class="top"><img src="/icon.svg" alt="" width="22" height="22" /><strong>Switchyard</strong></header>
        <main class="door" data-door="${door}">
          <h1>${title}</h1>
          <div id="about"><p>${text}</p></div>
          <noscript
            ><p class="notice">This page needs scripts: the link's secret must not travel in an address.</p></noscript
          >
          <form id="form" data-door="${door}">
            ${fields.map(fieldHtml)}
            <button type="submit">${button}</button>
          </form>
          <p id="said" role="status"></p>
        </main>
      </body>
    </html> `.text;
}

const fieldHtml = ({ name, label, hint, type, autocomplete, value = "", isOptional = false }: Field): Html =>
  html`<p>
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      value="${value}"
      aria-describedby="${name}-hint"
      ${isOptional ? null : new Html("required")}
    />
    <small id="${name}-hint" class="dim">${hint ?? ""}</small>
  </p>`;
