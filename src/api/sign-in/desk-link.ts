import { createHmac, timingSafeEqual } from "node:crypto";

/** One fulfillment order of one workspace, both by their public uuid. */
export interface DeskLink {
  workspace: string;
  part: string;
}
export interface DeskLinks {
  sign(link: DeskLink): string;
  /** null for a text that we did not sign. Whether the link still counts is the fulfillment order's own state to say. */
  read(token: string): DeskLink | null;
}

const uuid = String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`;
const shape = new RegExp(`^(${uuid})\\.(${uuid})\\.([\\w-]{43})$`);

/** AU-26. Nothing is kept: the link says what it is for, and its signature that we said so. `key` is the installation's sign-in key. */
export function deskLinks(key: string): DeskLinks {
  const own = createHmac("sha256", key).update("links for one fulfillment order").digest();
  const signatureOf = ({ workspace, part }: DeskLink): Buffer =>
    createHmac("sha256", own).update(`${workspace}.${part}`).digest();
  return {
    sign: (link) => `${link.workspace}.${link.part}.${signatureOf(link).toString("base64url")}`,
    read(token) {
      const [, workspace, part, signature] = shape.exec(token) ?? [];
      if (workspace === undefined || part === undefined || signature === undefined) return null;
      const link = { workspace, part };
      return timingSafeEqual(Buffer.from(signature, "base64url"), signatureOf(link)) ? link : null;
    },
  };
}
