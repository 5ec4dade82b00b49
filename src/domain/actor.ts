/** Who did it, for people: the process's own name says nothing to them. `admin:anna` and `key:swk_1` stay as they are. */
export function actorTitle(actor: string): string {
  if (actor.startsWith("worker:") || actor.startsWith("api:")) return "machine";
  if (actor.startsWith("link:")) return "supplier";
  return actor.startsWith("channel:") ? "shop" : actor;
}
