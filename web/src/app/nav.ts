import {
  IconAlertTriangle,
  IconBoxSeam,
  IconBuildingStore,
  IconBuildingWarehouse,
  IconChartBar,
  IconFileImport,
  IconHandClick,
  IconHeartbeat,
  IconHistory,
  IconKey,
  IconLink,
  IconPackage,
  IconSettings,
  IconShoppingCart,
  IconStack2,
  IconTruckDelivery,
  IconTruckLoading,
  IconUsers,
  IconWallet,
  IconWebhook,
  type Icon,
} from "@tabler/icons-react";
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

/** How the side bar is divided, from above: the day's work, what it stands on, what watches over it. */
export const groupOrder = ["work", "set_up", "watch"] as const;

export const nav: readonly NavItem[] = [
  { to: "overview", label: "overview", icon: IconChartBar, permission: "set_up.read", chord: "h", group: "work" },
  {
    to: "attention",
    label: "attention",
    icon: IconAlertTriangle,
    permission: "orders.read",
    chord: "x",
    group: "work",
  },
  { to: "orders", label: "orders", icon: IconShoppingCart, permission: "orders.read", chord: "o", group: "work" },
  {
    to: "shipments",
    label: "shipments",
    icon: IconTruckDelivery,
    permission: "orders.read",
    chord: "s",
    group: "work",
  },
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
  { to: "jobs", label: "jobs", icon: IconStack2, permission: "orders.read", chord: "j", group: "watch" },
  {
    to: "channels",
    label: "channels",
    icon: IconBuildingStore,
    permission: "set_up.read",
    chord: "c",
    group: "set_up",
  },
  {
    to: "suppliers",
    label: "suppliers",
    icon: IconBuildingWarehouse,
    permission: "set_up.read",
    chord: "v",
    group: "set_up",
  },
  { to: "links", label: "links", icon: IconLink, permission: "set_up.read", chord: "l", group: "set_up" },
  { to: "stock", label: "stock", icon: IconBoxSeam, permission: "set_up.read", chord: "t", group: "set_up" },
  { to: "balance", label: "balance", icon: IconWallet, permission: "money.read", chord: "b", group: "set_up" },
  { to: "imports", label: "imports", icon: IconFileImport, permission: "imports.read", chord: "i", group: "set_up" },
  { to: "settings", label: "settings", icon: IconSettings, permission: "settings.read", chord: "n", group: "set_up" },
  { to: "team", label: "team", icon: IconUsers, permission: "members.read", chord: "m", group: "set_up" },
  { to: "keys", label: "apiKeys", icon: IconKey, permission: "keys.read", chord: "y", group: "set_up" },
  { to: "webhooks", label: "webhooks", icon: IconWebhook, permission: "webhooks.read", chord: "w", group: "set_up" },
  { to: "audit", label: "audit", icon: IconHistory, permission: "audit.read", chord: "a", group: "watch" },
  { to: "health", label: "health", icon: IconHeartbeat, permission: "settings.read", chord: "e", group: "watch" },
];

/** The pages that somebody with these rights sees. */
export const pagesFor = (may: (permission: string) => boolean): NavItem[] =>
  nav.filter(({ permission, also }) => may(permission) && (also === undefined || may(also)));
