import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Db } from "#store/db.ts";
import { claimKey, forgetOldKeys, keepAnswer, releaseKey } from "#store/idempotency.ts";
import { canonical } from "#store/event-chain.ts";
import type { ApiContext } from "./context.ts";
import { invalid } from "./invalid.ts";
import { Problem, shown } from "./problem.ts";

/** Its text is kept as it was sent: the database's JSON would not keep the order of its fields. */
export interface Answer {
  status: number;
  text: string;
  headers: Record<string, string>;
  /** What a repetition gets instead of `text`: without the secret that is shown once and kept nowhere. */
  again?: string;
}

/** Old keys are swept by those who bring new ones. */
const sweepEvery = 500;

/**
 * API-30. With an Idempotency-Key the same request is done once within 24 hours and gets the same answer again, refusals included. The key belongs to workspace
 * and actor; with another route or body it is refused, naming its first use. Without a key the request is simply done.
 */
export async function once(context: ApiContext, request: FastifyRequest, work: () => Promise<Answer>): Promise<Answer> {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return work();
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,200}$/.test(key))
    throw invalid([
      { field: "header.idempotency-key", found: shown(key), expected: "1 to 200 visible ASCII characters" },
    ]);
  const { workspaceId, actor } = request.caller;
  const db: Db = context.db.engine;
  const use = {
    workspaceId,
    actor,
    key,
    route: `${request.method} ${request.url}`,
    bodyHash: createHash("sha256")
      .update(Buffer.isBuffer(request.body) ? request.body : canonical(request.body ?? null))
      .digest("hex"),
  };
  context.keyUses += 1;
  if (context.keyUses % sweepEvery === 0) await forgetOldKeys(db, workspaceId, context.clock.now());
  const claimed = await claimKey(db, use, context.clock.now());
  switch (claimed.status) {
    case "other_request":
      throw new Problem({
        status: 422,
        code: "idempotency_key_reused",
        detail: `This Idempotency-Key was first used for ${claimed.route} at ${claimed.at.toISOString()}, with another body or address. Nothing was done.`,
        next: "Use a new key for each new request; the same key only to repeat the same one.",
        extra: { first_use: { route: claimed.route, at: claimed.at.toISOString() } },
      });
    case "in_progress":
      throw new Problem({
        status: 409,
        code: "in_progress",
        detail: "The first request with this Idempotency-Key is still being worked on.",
        next: "Send it again in a second: it then gets the first one's answer.",
        headers: { "retry-after": "1" },
      });
    case "done":
      return {
        ...(claimed.answer as Answer),
        headers: { ...(claimed.answer as Answer).headers, "idempotent-replay": "true" },
      };
    case "ours":
      break;
  }
  try {
    const { again, ...answer } = await work();
    await keepAnswer(db, use, answer.status, { ...answer, text: again ?? answer.text });
    return answer;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) {
      const answer = { status: error.status, text: JSON.stringify(error.body), headers: error.headers };
      await keepAnswer(db, use, error.status, answer);
    } else await releaseKey(db, use);
    throw error;
  }
}
