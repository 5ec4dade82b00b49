import { maskCardsIn } from "#domain/card-mask.ts";
import type { Api } from "./context.ts";

/** What is no text of people's: it is sealed or hashed as it was given. */
const untouched = /^(password|current|token|code)$/;

/** CD-6. Card numbers are blanked out of whatever is sent before anything else reads it. Secrets are another matter: they are sealed, and must stay as they are. */
export function maskCardNumbers(v1: Api): void {
  v1.addHook("preValidation", async (request) => {
    const { body } = request;
    // A file is no text of its own; whoever takes it masks what in it is text.
    if (
      typeof body !== "object" ||
      body === null ||
      Buffer.isBuffer(body) ||
      request.routeOptions.url?.endsWith("/secrets") === true
    )
      return;
    request.body = Array.isArray(body)
      ? maskCardsIn(body)
      : Object.fromEntries(
          Object.entries(body).map(([name, value]) => [
            name,
            untouched.test(name) ? value : maskCardsIn<unknown>(value, name),
          ]),
        );
  });
}
