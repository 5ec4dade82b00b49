/** What a user or a key is in a workspace. */
export const roles = ["owner", "admin", "staff", "viewer", "operator", "prep", "supplier"] as const;
export type Role = (typeof roles)[number];

/** What can be allowed. Every address of the API names one; who is refused reads its words. */
export const permissions = {
  "reference.read": "look at the lists that are the same for everybody",
  "orders.read": "look at orders",
  "orders.change": "create, edit, hold, release or cancel orders",
  "orders.note": "write notes and lay down files with orders",
  "orders.place": "place orders by hand",
  "shipments.enter": "enter tracking numbers and suppliers' answers",
  "shipments.change": "correct shipments and tell the channel",
  "desk.read": "look at the work of their suppliers",
  "prep.pack": "print, collect and scan out parcels",
  "set_up.read": "look at channels, suppliers, product links and stock",
  "set_up.change": "change product links, stock and shipping methods",
  "money.read": "look at balances and bookings",
  "money.change": "book top-ups and corrections",
  "imports.read": "look at imports",
  "imports.change": "bring files in and answer what an import set aside",
  "members.read": "look at the members of the workspace",
  "members.change": "invite members, change their roles and remove them",
  "owners.change": "make somebody an owner, or end that",
  "settings.read": "look at settings and limits",
  "settings.change": "change settings and limits",
  "secrets.change": "enter and remove secrets",
  "keys.read": "look at API keys",
  "keys.change": "make and revoke API keys",
  "audit.read": "look at who changed what in the set-up, and who was shown personal data",
  "webhooks.read": "look at webhooks and their deliveries",
  "webhooks.change": "set up webhooks and send deliveries again",
  "events.read": "follow what happens",
  "buyers.erase": "export and erase a buyer's personal data",
} as const satisfies Record<string, string>;
export type Permission = keyof typeof permissions;
const all = Object.keys(permissions) as Permission[];

const administrators: ReadonlySet<Permission> = new Set(all.filter((each) => each !== "owners.change"));
const onlyForAdministrators: ReadonlySet<Permission> = new Set([
  "members.change",
  "owners.change",
  "settings.change",
  "secrets.change",
  "keys.read",
  "keys.change",
  "audit.read",
  "webhooks.read",
  "webhooks.change",
  "buyers.erase",
]);

/**
 * AU-20. Who may what, in one place; what is not named is refused. The desks (operator, prep, supplier) have what their work needs and nothing of the
 * seller's side: an operator buys and sees orders, a prep centre and a supplier see the fulfillment orders of theirs (src/domain/desk.ts).
 */
const granted: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(all),
  admin: administrators,
  staff: new Set(all.filter((each) => !onlyForAdministrators.has(each))),
  viewer: new Set(all.filter((each) => each.endsWith(".read") && !onlyForAdministrators.has(each))),
  operator: new Set<Permission>([
    "reference.read",
    "orders.read",
    "orders.note",
    "orders.place",
    "shipments.enter",
    "events.read",
  ]),
  prep: new Set<Permission>(["reference.read", "desk.read", "prep.pack"]),
  supplier: new Set<Permission>(["reference.read", "desk.read", "shipments.enter"]),
};

export const may = (role: Role, permission: Permission): boolean => granted[role].has(permission);

/** Roles whose share is the fulfillment orders of certain suppliers. */
export const isDesk = (role: Role): boolean => role === "prep" || role === "supplier";

/** The sentence for who may not. */
export const whyNot = (role: Role, permission: Permission): string =>
  role === "viewer"
    ? "Your role is viewer: it may look at everything and change nothing."
    : `Your role is ${role}: it may not ${permissions[permission]}.`;
