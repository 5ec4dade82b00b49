import type { Permission } from "#domain/role.ts";

/**
 * Who may call an address: whoever has the permission in the workspace (src/domain/role.ts says which roles do), anybody who is signed in, or anybody at
 * all. `proof: "recent"`: a person who showed the password within a quarter of an hour. `"second_factor"`: and who has a second factor. A key shows neither.
 */
export type Access =
  | "anyone"
  | "signed_in"
  | { signedIn: true; proof: Proof }
  | Permission
  | { permission: Permission; proof: Proof };
export type Proof = "recent" | "second_factor";

/** AU-21. Every address under /v1 has its line; the server does not start with one that has none. */
export const accessTable: Readonly<Record<string, Access>> = {
  "GET /v1/session": "anyone",
  "GET /v1/set-up": "anyone",
  "POST /v1/set-up": "anyone",
  "POST /v1/auth/sign-in": "anyone",
  "POST /v1/auth/second-factor": "anyone",
  "POST /v1/auth/password/forgotten": "anyone",
  "POST /v1/auth/password/reset": "anyone",
  "POST /v1/invitations/look": "anyone",
  "POST /v1/invitations/accept": "anyone",

  "GET /v1/auth/me": "signed_in",
  "PUT /v1/auth/me": "signed_in",
  "POST /v1/auth/sign-out": "signed_in",
  "POST /v1/auth/prove": "signed_in",
  "POST /v1/auth/password": "signed_in",
  "GET /v1/auth/sessions": "signed_in",
  "DELETE /v1/auth/sessions": "signed_in",
  "DELETE /v1/auth/sessions/:id": "signed_in",
  "POST /v1/auth/second-factor/set-up": "signed_in",
  "POST /v1/auth/second-factor/confirm": "signed_in",
  "DELETE /v1/auth/second-factor": { signedIn: true, proof: "recent" },
  "POST /v1/auth/second-factor/backup-codes": { signedIn: true, proof: "recent" },

  "GET /v1/members": "members.read",
  "PUT /v1/members/:id": { permission: "members.change", proof: "recent" },
  "DELETE /v1/members/:id": { permission: "members.change", proof: "recent" },
  "GET /v1/invitations": "members.read",
  "POST /v1/invitations": { permission: "members.change", proof: "recent" },
  "DELETE /v1/invitations/:id": "members.change",

  "GET /v1/keys": "keys.read",
  "POST /v1/keys": { permission: "keys.change", proof: "recent" },
  "DELETE /v1/keys/:id": "keys.change",
  "GET /v1/audit": "audit.read",
  "GET /v1/health/details": "settings.read",

  "GET /v1/settings": "settings.read",
  "PUT /v1/settings": "settings.change",
  "GET /v1/channels/:id/settings": "settings.read",
  "PUT /v1/channels/:id/settings": "settings.change",
  "GET /v1/suppliers/:id/settings": "settings.read",
  "PUT /v1/suppliers/:id/settings": "settings.change",
  "GET /v1/accounts/:id/settings": "settings.read",
  "PUT /v1/accounts/:id/settings": "settings.change",
  "GET /v1/connectors": "settings.read",
  "POST /v1/channels": "settings.change",
  "POST /v1/channels/:id/test": "secrets.change",
  "POST /v1/suppliers": "settings.change",
  "GET /v1/suppliers/:id": "set_up.read",
  "POST /v1/suppliers/:id/accounts": "settings.change",
  "POST /v1/accounts/:id/enable": "settings.change",
  "POST /v1/accounts/:id/disable": "settings.change",

  "GET /v1/reasons": "reference.read",
  "GET /v1/address-formats": "reference.read",
  "GET /v1/channels": "set_up.read",
  "GET /v1/suppliers": "set_up.read",
  "GET /v1/product-links": "set_up.read",
  "GET /v1/unlinked-skus": "set_up.read",
  "PUT /v1/product-links": "set_up.change",
  "DELETE /v1/product-links": "set_up.change",
  "GET /v1/shipping-mappings": "set_up.read",
  "PUT /v1/shipping-mappings": "set_up.change",
  "GET /v1/stock": "set_up.read",
  "PUT /v1/stock": "set_up.change",
  "POST /v1/stock/received": "prep.pack",

  "GET /v1/accounts/:id/secrets": "settings.read",
  "GET /v1/channels/:id/secrets": "settings.read",
  "PUT /v1/accounts/:id/secrets": { permission: "secrets.change", proof: "second_factor" },
  "PUT /v1/channels/:id/secrets": { permission: "secrets.change", proof: "second_factor" },
  "POST /v1/accounts/:id/secrets/test": "secrets.change",
  "GET /v1/channels/:id/webhooks": "settings.read",
  "PUT /v1/channels/:id/webhooks": { permission: "settings.change", proof: "recent" },
  "GET /v1/unread-messages": "imports.read",
  "GET /v1/unread-messages/:id": "imports.read",
  "POST /v1/unread-messages/:id/read-again": "imports.change",
  "POST /v1/unread-messages/:id/put-aside": "imports.change",

  "POST /v1/buyers/export": "buyers.erase",
  "POST /v1/buyers/erase": { permission: "buyers.erase", proof: "recent" },

  "GET /v1/orders": "orders.read",
  "GET /v1/orders/found": "orders.read",
  "GET /v1/orders/counts": "orders.read",
  "GET /v1/orders/:id": "orders.read",
  "GET /v1/orders/:id/events": "orders.read",
  "POST /v1/orders": "orders.change",
  "POST /v1/orders/:id/release": "orders.change",
  "POST /v1/orders/:id/process": "orders.change",
  "POST /v1/orders/:id/hold": "orders.change",
  "POST /v1/orders/:id/unhold": "orders.change",
  "POST /v1/orders/:id/edit": "orders.change",
  "POST /v1/orders/:id/cancel": "orders.change",
  "POST /v1/orders/:id/holds/:hold/answer": "orders.change",
  "POST /v1/orders/:id/holds/:hold/dismiss": "orders.change",
  "POST /v1/orders/:id/cancellations/:no/accept": "orders.change",
  "POST /v1/orders/:id/cancellations/:no/refuse": "orders.change",
  "POST /v1/orders/:id/cancellations/:no/resend": "shipments.change",
  "POST /v1/orders/:id/cancellations/:no/told-by-hand": "shipments.change",

  "GET /v1/orders/:id/notes": "orders.read",
  "POST /v1/orders/:id/notes": "orders.note",
  "DELETE /v1/orders/:id/notes/:note": "orders.change",
  "GET /v1/orders/:id/attachments": "orders.read",
  "POST /v1/orders/:id/attachments": "orders.note",
  "GET /v1/orders/:id/attachments/:attachment": "orders.read",
  "DELETE /v1/orders/:id/attachments/:attachment": "orders.change",
  "POST /v1/orders/:id/holds/:hold/assign": "orders.change",
  "POST /v1/orders/:id/holds/:hold/snooze": "orders.change",
  "GET /v1/attention": "orders.read",
  "GET /v1/overview": "orders.read",

  "GET /v1/views": "orders.read",
  "POST /v1/views": "orders.read",
  "PUT /v1/views/:id": "orders.read",
  "DELETE /v1/views/:id": "orders.read",
  "GET /v1/search": "orders.read",

  "POST /v1/jobs": "orders.change",
  "GET /v1/jobs": "orders.read",
  "GET /v1/jobs/:id": "orders.read",
  "GET /v1/jobs/:id/rows": "orders.read",
  "GET /v1/jobs/:id/report": "orders.read",
  "POST /v1/jobs/:id/cancel": "orders.change",
  "POST /v1/jobs/:id/retry": "orders.change",

  "GET /v1/fulfillment-orders": "orders.read",
  "POST /v1/fulfillment-orders/:id/choose-supplier": "orders.change",
  "POST /v1/fulfillment-orders/:id/take-over": "orders.place",
  "POST /v1/fulfillment-orders/:id/placed": "orders.place",
  "POST /v1/fulfillment-orders/:id/not-placed": "orders.place",
  "POST /v1/fulfillment-orders/:id/give-back": "orders.place",
  "POST /v1/fulfillment-orders/:id/attempts/:no/confirm-bought": "orders.place",
  "POST /v1/fulfillment-orders/:id/attempts/:no/confirm-not-bought": "orders.place",
  "POST /v1/fulfillment-orders/:id/supplier-answered": "orders.place",
  "POST /v1/fulfillment-orders/:id/tracking": "shipments.enter",
  "POST /v1/fulfillment-orders/:id/accept": "shipments.enter",
  "POST /v1/fulfillment-orders/:id/cannot-send": "shipments.enter",
  "POST /v1/fulfillment-orders/:id/confirm-tracking": "shipments.change",
  "POST /v1/fulfillment-orders/:id/print": "prep.pack",
  "POST /v1/fulfillment-orders/:id/collect": "prep.pack",
  "POST /v1/fulfillment-orders/:id/uncollect": "prep.pack",
  "POST /v1/fulfillment-orders/:id/back": "prep.pack",
  "POST /v1/fulfillment-orders/:id/put-back": "prep.pack",
  "POST /v1/fulfillment-orders/:id/ship": "prep.pack",

  "POST /v1/fulfillment-orders/:id/link": "orders.place",
  "GET /v1/fulfillment-orders/:id/document": "desk.read",
  "GET /v1/desk": "desk.read",
  "GET /v1/desk/:id": "desk.read",

  "GET /v1/shipments": "orders.read",
  "POST /v1/shipments/:id/resend": "shipments.change",
  "POST /v1/shipments/:id/told-by-hand": "shipments.change",
  "POST /v1/shipments/:id/parcels/:no/confirm-shared": "shipments.change",
  "POST /v1/shipments/:id/parcels/:no/correct": "shipments.change",
  "POST /v1/shipments/:id/parcels/:no/delivered": "shipments.change",

  "GET /v1/ledger": "money.read",
  "GET /v1/ledger/:id/transactions": "money.read",
  "POST /v1/ledger/:id/top-up": "money.change",
  "POST /v1/ledger/:id/correction": "money.change",

  "GET /v1/webhooks": "webhooks.read",
  "GET /v1/webhooks/event-types": "webhooks.read",
  "GET /v1/webhooks/:id": "webhooks.read",
  "GET /v1/webhooks/:id/deliveries": "webhooks.read",
  "GET /v1/webhooks/:id/deliveries/:delivery": "webhooks.read",
  "POST /v1/webhooks": "webhooks.change",
  "PUT /v1/webhooks/:id": "webhooks.change",
  "DELETE /v1/webhooks/:id": "webhooks.change",
  "POST /v1/webhooks/:id/rotate-secret": "webhooks.change",
  "POST /v1/webhooks/:id/test": "webhooks.change",
  "POST /v1/webhooks/:id/resend": "webhooks.change",
  "POST /v1/webhooks/:id/deliveries/:delivery/resend": "webhooks.change",

  "GET /v1/events/stream": "events.read",

  "GET /v1/imports": "imports.read",
  "POST /v1/imports": "imports.change",
  "GET /v1/imports/:id": "imports.read",
  "GET /v1/set-aside": "imports.read",
  "POST /v1/set-aside/:id/:line/resolve": "imports.change",
};

/** The line of an address; HEAD is asked like GET. Throws for one without a line: nothing is open by being forgotten. */
export function accessOf(method: string, url: string): Access {
  const line = accessTable[`${method === "HEAD" ? "GET" : method} ${url}`];
  if (line !== undefined) return line;
  throw new Error(`${method} ${url} has no line in src/api/access.ts: say who may call it.`);
}

export const permissionOf = (access: Access): Permission | null =>
  typeof access === "string"
    ? access === "anyone" || access === "signed_in"
      ? null
      : access
    : "permission" in access
      ? access.permission
      : null;
export const proofOf = (access: Access): Proof | null => (typeof access === "string" ? null : access.proof);
