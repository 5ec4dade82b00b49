/** What a user or a key is in a workspace. */
export const roles = ["owner", "admin", "staff", "viewer", "operator", "prep", "supplier"] as const;
export type Role = (typeof roles)[number];

/** Whether a role may use the seller's side at all, and whether it may change something there. `why` is the sentence for who may not. */
export function access(role: Role): { read: boolean; write: boolean; why: string } {
  switch (role) {
    case "owner":
    case "admin":
    case "staff":
      return { read: true, write: true, why: "" };
    case "viewer":
      return { read: true, write: false, why: "Your role is viewer: it may look at everything and change nothing." };
    case "operator":
    case "prep":
    case "supplier":
      return {
        read: false,
        write: false,
        why: `The role ${role} has screens of its own, which this version does not offer yet; it may not use the seller's side.`,
      };
  }
}
