import type { Role } from "#domain/role.ts";
import type { SupplierId, WorkspaceId } from "#domain/ids.ts";
import { insertMember } from "#store/member.ts";
import type { Answer, TestServer } from "./server.ts";

/** Somebody at a browser: keeps cookies, and sends what a page of the server would send. */
export class Browser {
  readonly #at: TestServer;
  readonly #cookies = new Map<string, string>();
  /** As the server sees it. */
  peer = "127.0.0.1";
  host = "localhost:80";
  origin: string | null = "http://localhost:80";

  constructor(at: TestServer) {
    this.#at = at;
  }
  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }
  /** Another browser with the same cookies: a thief's, or a copy from before. */
  copy(): Browser {
    const copy = new Browser(this.#at);
    for (const [name, value] of this.#cookies) copy.#cookies.set(name, value);
    return copy;
  }
  async ask(
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.#at.ask(method, url, {
      key: null,
      ...(body === undefined ? {} : { body }),
      headers: {
        host: this.host,
        ...(this.origin === null || method === "GET" ? {} : { origin: this.origin }),
        ...(cookie === "" ? {} : { cookie }),
        ...headers,
      },
      peer: this.peer,
    });
    for (const line of [answer.headers["set-cookie"] ?? []].flat() as string[]) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }
  signIn(email: string, password: string): Promise<Answer> {
    return this.ask("POST", "/v1/auth/sign-in", { email, password });
  }
}

export const goodPassword = "four words nobody joins";

/** An account, and a membership of the first workspace unless told otherwise; answers the user's id. */
export async function aUser(
  at: TestServer,
  {
    email,
    role = "owner",
    of = at.workspaceId,
    suppliers = [],
  }: { email: string; role?: Role | null; of?: WorkspaceId; suppliers?: SupplierId[] },
): Promise<string> {
  const user = await at.signIn.createUser({ name: email.split("@")[0]!, email, password: goodPassword });
  if (user === null) throw new Error(`${email} has an account already`);
  if (role !== null)
    await insertMember(at.database.engine, {
      workspaceId: of,
      userId: user.id,
      role,
      supplierIds: suppliers,
      createdAt: at.engine.clock.now(),
    });
  return user.id;
}

/** A browser in which that user is signed in. */
export async function signedIn(
  at: TestServer,
  wish: Parameters<typeof aUser>[1],
): Promise<Browser & { userId: string }> {
  const userId = await aUser(at, wish);
  const browser = new Browser(at);
  const answer = await browser.signIn(wish.email, goodPassword);
  if (answer.status !== 200) throw new Error(answer.text);
  return Object.assign(browser, { userId });
}
