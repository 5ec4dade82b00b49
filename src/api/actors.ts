import { parsePublicId, type WorkspaceId } from "#domain/ids.ts";
import { listApiKeys } from "#store/api-key.ts";
import { findUsers } from "#store/auth/user.ts";
import { listChannels } from "#store/channel.ts";
import { listMembers } from "#store/member.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { z } from "zod";
import type { ApiContext } from "./context.ts";

export const Actor = z
  .object({
    kind: z.enum(["person", "key", "channel", "administrator", "visitor", "link", "machine"]).meta({
      description: "visitor: the sandbox's, on this machine. link: whoever has the link for one purchase order",
    }),
    name: z.string(),
  })
  .meta({ id: "Actor" });
export type Actor = z.output<typeof Actor>;
/** Names by actor, as a part of an answer. */
export const Actors = z.record(z.string(), Actor).meta({ description: "Who the actors in this answer are" });

/**
 * SU-6. Who these actors of a workspace are, with one query for each kind that occurs. Somebody who is no member any more has no name here: what a person
 * did stays, who it was is the workspace's former business.
 */
export async function nameActors(
  { db, signIn }: Pick<ApiContext, "db" | "signIn">,
  workspaceId: WorkspaceId,
  actors: Iterable<string | null>,
): Promise<(actor: string) => Actor> {
  const all = [...new Set(actors)].filter((actor) => actor !== null);
  const has = (prefix: string): boolean => all.some((actor) => actor.startsWith(prefix));
  const userIds = all.flatMap((actor) => userOf(actor) ?? []);
  const [people, keys, channels] = await Promise.all([
    userIds.length === 0 || signIn === undefined ? [] : membersNamed(signIn.db, userIds),
    has("key:") ? listApiKeys(db.engine, workspaceId) : [],
    has("channel:") ? inWorkspace(db.api, workspaceId, (tx) => listChannels(tx, workspaceId)) : [],
  ]);
  const names = new Map<string, string>([
    ...people.map(({ id, name }): [string, string] => [id, name]),
    ...keys.map(({ prefix, name }): [string, string] => [`key:${prefix}`, name]),
    ...channels.map(({ id, name }): [string, string] => [`channel:${id}`, name]),
  ]);
  return (actor) => {
    const user = userOf(actor);
    if (user !== null) return { kind: "person", name: names.get(user) ?? "a former member" };
    const [kind = "", rest = ""] = actor.split(":", 2);
    switch (kind) {
      case "user":
        return { kind: "person", name: "a former member" };
      case "key":
        return { kind: "key", name: names.get(actor) || `API key ${rest}` };
      case "channel":
        return { kind: "channel", name: names.get(actor) ?? "a channel" };
      case "admin":
        return { kind: "administrator", name: rest === "" ? "administrator" : rest };
      case "local":
        return { kind: "visitor", name: "a visitor on this machine" };
      case "link":
        return { kind: "link", name: "the supplier, by a link" };
      default:
        return { kind: "machine", name: "Switchyard" };
    }
  };

  async function membersNamed(authDb: Parameters<typeof findUsers>[0], ids: readonly string[]) {
    const members = new Set((await listMembers(db.engine, workspaceId)).map(({ userId }) => userId));
    return findUsers(
      authDb,
      ids.filter((id) => members.has(id)),
    );
  }
}

const userOf = (actor: string): string | null =>
  actor.startsWith("user:") ? parsePublicId("user", actor.slice("user:".length)) : null;

/** The part of an answer that names them. */
export const actorsOf = (name: (actor: string) => Actor, actors: Iterable<string | null>): Record<string, Actor> =>
  Object.fromEntries([...new Set(actors)].filter((actor) => actor !== null).map((actor) => [actor, name(actor)]));
