import { IconHandClick, IconPackage, IconShoppingCart, IconTruckLoading, type Icon } from "@tabler/icons-react";
import type { en } from "../texts/en.ts";

/** The pages of a workspace, in the order of the side bar. Who has no permission does not see the page. */
export interface NavItem {
  to: string;
  label: keyof typeof en.nav;
  icon: Icon;
  permission: string;
  /** And this one as well. */
  also?: string;
  /** With G before it: goes there. */
  chord?: string;
  group: "work" | "set_up" | "watch";
}

export const nav: readonly NavItem[] = [
  { to: "orders", label: "orders", icon: IconShoppingCart, permission: "orders.read", chord: "o", group: "work" },
  { to: "desk", label: "desk", icon: IconHandClick, permission: "orders.place", chord: "d", group: "work" },
  { to: "prep", label: "prep", icon: IconPackage, permission: "prep.pack", chord: "k", group: "work" },
  {
    to: "supplier",
    label: "supplier",
    icon: IconTruckLoading,
    permission: "desk.read",
    also: "shipments.enter",
    chord: "u",
    group: "work",
  },
];

/** The pages that somebody with these rights sees. */
export const pagesFor = (may: (permission: string) => boolean): NavItem[] =>
  nav.filter(({ permission, also }) => may(permission) && (also === undefined || may(also)));
